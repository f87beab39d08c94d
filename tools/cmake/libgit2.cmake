# ts_libgit2: the static libgit2 without its network for what is a program (src/git/offline.c says why), the shared one for the
# library, because Debian's archive is not position-independent. Only of the version that offline.c was written against; if
# it does not link, or its archive is not there, the shared one for both. A program with the property TS_SHARED_LIBGIT2 takes that too.
set(static_libgit2 OFF)
if(GIT2_VERSION MATCHES "^1\\.5\\.")
  set(static_libgit2 ON)
  foreach(name git2 mbedcrypto http_parser pcre2-8 z)
    find_library(TS_STATIC_${name} lib${name}.a HINTS ${GIT2_LIBRARY_DIRS})
    mark_as_advanced(TS_STATIC_${name})
    list(APPEND libgit2_archives ${TS_STATIC_${name}})
    if(NOT TS_STATIC_${name})
      set(static_libgit2 OFF)
    endif()
  endforeach()
  find_package(Threads REQUIRED)
  list(APPEND libgit2_archives Threads::Threads)
endif()
if(static_libgit2)
  try_compile(TS_STATIC_LIBGIT2 ${CMAKE_BINARY_DIR}/libgit2
    SOURCES ${CMAKE_SOURCE_DIR}/tools/cmake/libgit2.c ${CMAKE_SOURCE_DIR}/src/git/offline.c
    CMAKE_FLAGS -DINCLUDE_DIRECTORIES=${CMAKE_SOURCE_DIR}/src\\;${GIT2_INCLUDE_DIRS}
    LINK_LIBRARIES ${libgit2_archives})
endif()

add_library(ts_libgit2 INTERFACE)
target_include_directories(ts_libgit2 SYSTEM INTERFACE ${GIT2_INCLUDE_DIRS})
if(TS_STATIC_LIBGIT2)
  set(is_static $<AND:$<STREQUAL:$<TARGET_PROPERTY:TYPE>,EXECUTABLE>,$<NOT:$<BOOL:$<TARGET_PROPERTY:TS_SHARED_LIBGIT2>>>>)
  target_link_libraries(ts_libgit2 INTERFACE "$<IF:${is_static},${libgit2_archives},PkgConfig::GIT2>")
else()
  message(STATUS "libgit2 is linked as it is, with its network")
  target_link_libraries(ts_libgit2 INTERFACE PkgConfig::GIT2)
endif()
