# Programs beside the unit tests; each finds its sources by itself, so that others only add files.

# The conformance driver: tests/driver/driver_<subject>.c each register the functions they answer.
file(GLOB driver_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/driver/*.c)
add_executable(conformance-driver ${driver_sources})
target_link_libraries(conformance-driver PRIVATE room_cli)

# Fuzz targets: fuzz/<noun>.c has LLVMFuzzerTestOneInput. Each is replayed over fuzz/corpus/<noun>/ as an ordinary
# test; with -DLODE_FUZZ=ON and clang, fuzz_<noun> is a libFuzzer program.
option(LODE_FUZZ "Build the fuzz targets with libFuzzer (clang)" OFF)
file(GLOB fuzz_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/*.c)
list(FILTER fuzz_sources EXCLUDE REGEX "/replay\\.c$")
foreach(source ${fuzz_sources})
	get_filename_component(noun ${source} NAME_WE)
	add_executable(replay_${noun} ${source} fuzz/replay.c)
	target_link_libraries(replay_${noun} PRIVATE room_cli)
	add_test(NAME replay_${noun} COMMAND replay_${noun} ${CMAKE_CURRENT_SOURCE_DIR}/fuzz/corpus/${noun})
	set_tests_properties(replay_${noun} PROPERTIES LABELS "unit;fuzz" TIMEOUT 120)
	if(LODE_FUZZ)
		add_executable(fuzz_${noun} ${source})
		target_compile_options(fuzz_${noun} PRIVATE -fsanitize=fuzzer)
		target_link_libraries(fuzz_${noun} PRIVATE room_cli)
		target_link_options(fuzz_${noun} PRIVATE -fsanitize=fuzzer)
	endif()
endforeach()
