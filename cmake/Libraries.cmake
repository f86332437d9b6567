# Debian's packages, named in scripts/setup.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(CJSON REQUIRED IMPORTED_TARGET libcjson)
pkg_check_modules(CRYPTO REQUIRED IMPORTED_TARGET libcrypto)
pkg_check_modules(ARCHIVE REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(ISAL REQUIRED IMPORTED_TARGET libisal)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(GIT2 REQUIRED IMPORTED_TARGET libgit2)
pkg_check_modules(YAML REQUIRED IMPORTED_TARGET yaml-0.1)
pkg_check_modules(SECCOMP REQUIRED IMPORTED_TARGET libseccomp)

# A library that is loaded when it is first needed (base/library.h): nothing to link, but its headers and its soname, which
# is read from the very file that the linker would take.
function(lode_loaded name)
	list(GET ${name}_LINK_LIBRARIES 0 file)
	execute_process(COMMAND ${CMAKE_OBJDUMP} -p ${file} OUTPUT_VARIABLE header ERROR_QUIET)
	if(NOT header MATCHES "SONAME +([^ \n]+)")
		message(FATAL_ERROR "${file} is no shared library with a soname")
	endif()
	add_library(loaded_${name} INTERFACE)
	add_library(LODE::${name} ALIAS loaded_${name})
	target_include_directories(loaded_${name} SYSTEM INTERFACE ${${name}_INCLUDE_DIRS})
	target_compile_options(loaded_${name} INTERFACE ${${name}_CFLAGS_OTHER})
	target_compile_definitions(loaded_${name} INTERFACE LODE_${name}_SONAME="${CMAKE_MATCH_1}")
endfunction()

# The digests' own functions, which need nothing else, are linked in (base/digest.c).
find_library(CRYPTO_ARCHIVE NAMES libcrypto.a HINTS ${CRYPTO_LIBDIR} REQUIRED)

lode_loaded(ARCHIVE)
lode_loaded(CJSON)
lode_loaded(CRYPTO)
lode_loaded(CURL)
lode_loaded(GIT2)
lode_loaded(ISAL)
lode_loaded(YAML)
