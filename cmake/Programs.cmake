# Two programs from one source: lode links no network library and hands what needs one to lode-net.
if(EXISTS ${CMAKE_SOURCE_DIR}/cli/main_lode.c)
	add_executable(lode cli/main_lode.c)
	target_link_libraries(lode PRIVATE room_cli)
	install(TARGETS lode DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
if(EXISTS ${CMAKE_SOURCE_DIR}/cli/main_net.c)
	add_executable(lode-net cli/main_net.c)
	target_link_libraries(lode-net PRIVATE room_cli)
	install(TARGETS lode-net DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/lode)
endif()

# What confines dependencies' scripts stands alone: it answers for strangers, and holds nothing worth taking.
add_executable(lode-confine sandbox/main_confine.c)
target_link_libraries(lode-confine PRIVATE room_sandbox)
set_target_properties(lode-confine PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/libexec/lode)
install(TARGETS lode-confine DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/lode)

# lode and lodex are one program, which goes by its name. Manual and completions are what it says of itself.
# lib/node_modules is where global packages go: `ls -g` wants it to be there, as npm's does.
if(TARGET lode)
	install(CODE "
		set(root \$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX})
		file(CREATE_LINK lode \${root}/${CMAKE_INSTALL_BINDIR}/lodex SYMBOLIC)
		file(MAKE_DIRECTORY \${root}/lib/node_modules)
		foreach(shell bash zsh fish)
			execute_process(COMMAND \${root}/${CMAKE_INSTALL_BINDIR}/lode completion \${shell}
				OUTPUT_VARIABLE text COMMAND_ERROR_IS_FATAL ANY)
			set(completion_\${shell} \"\${text}\")
		endforeach()
		file(WRITE \${root}/${CMAKE_INSTALL_DATADIR}/bash-completion/completions/lode \"\${completion_bash}\")
		file(WRITE \${root}/${CMAKE_INSTALL_DATADIR}/zsh/site-functions/_lode \"\${completion_zsh}\")
		file(WRITE \${root}/${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d/lode.fish \"\${completion_fish}\")
		file(MAKE_DIRECTORY \${root}/${CMAKE_INSTALL_MANDIR}/man1)
		execute_process(COMMAND ${CMAKE_SOURCE_DIR}/scripts/manual \${root}/${CMAKE_INSTALL_BINDIR}/lode
			OUTPUT_FILE \${root}/${CMAKE_INSTALL_MANDIR}/man1/lode.1 COMMAND_ERROR_IS_FATAL ANY)
		file(CREATE_LINK lode.1 \${root}/${CMAKE_INSTALL_MANDIR}/man1/lodex.1 SYMBOLIC)
	")
endif()
