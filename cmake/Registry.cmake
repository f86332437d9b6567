# The built-in default registry: given, or what the machine's own npm is set to, or what Debian's npm
# package has built in (unpacked and read, not installed). None of these: lode has no default registry.
set(LODE_DEFAULT_REGISTRY "" CACHE STRING "URL of the registry used when no configuration names one")

if(NOT LODE_DEFAULT_REGISTRY)
	execute_process(COMMAND ${CMAKE_SOURCE_DIR}/scripts/default-registry
		OUTPUT_VARIABLE found OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE status TIMEOUT 500)
	if(status EQUAL 0 AND found MATCHES "^https?://[^ ]+$")
		set(LODE_DEFAULT_REGISTRY "${found}" CACHE STRING
			"URL of the registry used when no configuration names one" FORCE)
	else()
		message(WARNING "no default registry: give one with -DLODE_DEFAULT_REGISTRY=URL, or set `registry` in .npmrc")
	endif()
endif()
add_compile_definitions(LODE_DEFAULT_REGISTRY="${LODE_DEFAULT_REGISTRY}" LODE_VERSION="${PROJECT_VERSION}")
