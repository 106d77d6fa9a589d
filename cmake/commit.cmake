# Writes OUT (a header with TRB_COMMIT) whenever the commit or its cleanliness changed; run at every build, so that
# a record never names a commit that it was not made by.
execute_process(COMMAND git describe --always --dirty=+ --abbrev=10 --exclude=*
  WORKING_DIRECTORY ${SOURCE} OUTPUT_VARIABLE commit OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(NOT commit)
  set(commit unknown)
endif()
file(CONFIGURE OUTPUT ${OUT} CONTENT "#define TRB_COMMIT \"@commit@\"\n" @ONLY) # touched only when it differs
