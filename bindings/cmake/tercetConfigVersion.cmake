# Whether this release can stand in for the one that is asked for, as tercet_version_check() answers it at run time:
# before 1.0 the second number must be equal, after it the first; younger is fine, older is not.
include("${CMAKE_CURRENT_LIST_DIR}/tercetPlace.cmake")
set(PACKAGE_VERSION "${tercet_VERSION}")

# A number that the asker leaves out is not looked at.
set(_tercet_wanted "${PACKAGE_FIND_VERSION_MAJOR}")
string(REGEX MATCH "^[0-9]+" _tercet_here "${PACKAGE_VERSION}")
if(_tercet_here EQUAL 0 AND PACKAGE_FIND_VERSION_COUNT GREATER 1)
    string(APPEND _tercet_wanted ".${PACKAGE_FIND_VERSION_MINOR}")
    string(REGEX MATCH "^[0-9]+\\.[0-9]+" _tercet_here "${PACKAGE_VERSION}")
endif()

set(PACKAGE_VERSION_EXACT FALSE)
set(PACKAGE_VERSION_COMPATIBLE FALSE)
if(_tercet_here VERSION_EQUAL _tercet_wanted AND PACKAGE_VERSION VERSION_GREATER_EQUAL PACKAGE_FIND_VERSION)
    set(PACKAGE_VERSION_COMPATIBLE TRUE)
    if(PACKAGE_VERSION VERSION_EQUAL PACKAGE_FIND_VERSION)
        set(PACKAGE_VERSION_EXACT TRUE)
    endif()
endif()

unset(_tercet_wanted)
unset(_tercet_here)
