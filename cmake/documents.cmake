# Manual pages and shell completions: the program prints them itself, from its option tables.
# Included after the target trabecula; installs below share/.
set(TRB_DOCUMENTS ${PROJECT_BINARY_DIR}/documents)
add_custom_command(OUTPUT ${TRB_DOCUMENTS}/stamp
  COMMAND ${CMAKE_COMMAND} -DPROGRAM=$<TARGET_FILE:trabecula> -DFOLDER=${TRB_DOCUMENTS}
          -P ${PROJECT_SOURCE_DIR}/cmake/write_documents.cmake
  DEPENDS trabecula ${PROJECT_SOURCE_DIR}/cmake/write_documents.cmake
  COMMENT "Writing manual pages and completions" VERBATIM)
add_custom_target(trabecula-documents ALL DEPENDS ${TRB_DOCUMENTS}/stamp)

install(DIRECTORY ${TRB_DOCUMENTS}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${TRB_DOCUMENTS}/trabecula.bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions
  RENAME trabecula)
install(FILES ${TRB_DOCUMENTS}/trabecula.zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions
  RENAME _trabecula)
install(FILES ${TRB_DOCUMENTS}/trabecula.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
