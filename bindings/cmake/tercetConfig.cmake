# The CMake package of tercet:
#
#   find_package(tercet 0.1 REQUIRED)
#   target_link_libraries(program PRIVATE tercet::tercet)          # the shared library
#   target_link_libraries(program PRIVATE tercet::tercet_static)   # the static one, with what it needs of the system
#
# A target is there where its library is installed.
include("${CMAKE_CURRENT_LIST_DIR}/tercetPlace.cmake")

if(NOT tercet_PREFIX)
    set(tercet_FOUND FALSE)
    set(tercet_NOT_FOUND_MESSAGE "neither pkgconfig/tercet.pc nor include/tercet.h is near ${CMAKE_CURRENT_LIST_DIR}")
    return()
endif()

set(_tercet_shared "${tercet_LIBDIR}/${CMAKE_SHARED_LIBRARY_PREFIX}tercet${CMAKE_SHARED_LIBRARY_SUFFIX}")
if(EXISTS "${_tercet_shared}" AND NOT TARGET tercet::tercet)
    add_library(tercet::tercet SHARED IMPORTED)
    set_target_properties(tercet::tercet PROPERTIES
        IMPORTED_LOCATION "${_tercet_shared}"
        INTERFACE_INCLUDE_DIRECTORIES "${tercet_PREFIX}/include")
endif()

set(_tercet_static "${tercet_LIBDIR}/${CMAKE_STATIC_LIBRARY_PREFIX}tercet${CMAKE_STATIC_LIBRARY_SUFFIX}")
if(EXISTS "${_tercet_static}" AND NOT TARGET tercet::tercet_static)
    file(STRINGS "${tercet_LIBDIR}/pkgconfig/tercet.pc" _tercet_system REGEX "^Libs\\.private:")
    string(REGEX REPLACE "^Libs\\.private: *" "" _tercet_system "${_tercet_system}")
    separate_arguments(_tercet_system UNIX_COMMAND "${_tercet_system}")
    add_library(tercet::tercet_static STATIC IMPORTED)
    set_target_properties(tercet::tercet_static PROPERTIES
        IMPORTED_LOCATION "${_tercet_static}"
        IMPORTED_LINK_INTERFACE_LANGUAGES C
        INTERFACE_INCLUDE_DIRECTORIES "${tercet_PREFIX}/include"
        INTERFACE_LINK_LIBRARIES "${_tercet_system}")
endif()

unset(_tercet_shared)
unset(_tercet_static)
unset(_tercet_system)
