/* The least that a test needs: a check that says where it failed, and a list of tests that are run in turn. */
#ifndef TERCET_TESTS_CHECK_HPP
#define TERCET_TESTS_CHECK_HPP

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "tercet.hpp"

#define CHECK(what)                                                                                                    \
    do {                                                                                                               \
        if (!(what))                                                                                                   \
            throw std::logic_error(std::string(__FILE__) + ":" + std::to_string(__LINE__) + ": " #what);               \
    } while (false)

/* The error that `what` throws. */
#define ERROR_OF(what) error_of([&] { static_cast<void>(what); }, __LINE__)

template <class Function>
tercet::error error_of(const Function &function, int line)
{
    try {
        function();
    } catch (const tercet::error &error) {
        return error;
    }
    throw std::logic_error("line " + std::to_string(line) + ": no error was thrown");
}

struct test {
    const char *name;
    void (*run)();
};

template <std::size_t Count>
int run_all(const test (&tests)[Count])
{
    int failed = 0;
    for (const test &one : tests) {
        try {
            one.run();
            std::printf("ok %s\n", one.name);
        } catch (const std::exception &error) {
            std::printf("FAILED %s: %s\n", one.name, error.what());
            ++failed;
        }
    }
    return failed == 0 ? 0 : 1;
}

#endif
