// A program for a C++ library: streams, containers, chrono, arguments, environment, exit status.
// Usage: cpp STATUS [WORD...], in a directory it may write to, with GREETING in the environment
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

namespace {

struct Counter {
    static int alive;
    Counter() { alive++; }
    ~Counter() { alive--; }
};
int Counter::alive = 0;

struct Farewell {
    ~Farewell() { std::cout << "destroyed after main\n" << std::flush; }
} farewell;

std::map<std::string, int> wordCounts(std::istream &in) {
    std::map<std::string, int> counts;
    for (std::string word; in >> word;) counts[word]++;
    return counts;
}

void files() {
    {
        std::ofstream out("words.txt");
        for (int i = 0; i < 300; i++) out << (i % 3 == 0 ? "fizz " : i % 5 == 0 ? "buzz\n" : "none ");
    }
    std::ifstream in("words.txt");
    for (const auto &[word, count] : wordCounts(in)) std::cout << word << " " << count << "\n";
    in.close();
    std::cout << "removed: " << (std::remove("words.txt") == 0) << "\n";
    std::cout << "gone: " << !std::ifstream("words.txt").is_open() << "\n";
}

void clocks() {
    auto start = std::chrono::steady_clock::now();
    volatile unsigned spin = 0;
    while (std::chrono::steady_clock::now() - start < std::chrono::milliseconds(5)) spin = spin + 1;
    std::cout << "clock moves: " << (spin > 0) << "\n";
}

void objects() {
    std::vector<std::unique_ptr<Counter>> all;
    for (int i = 0; i < 10; i++) all.push_back(std::make_unique<Counter>());
    for (size_t i = 0; i < all.size(); i += 3) all[i].reset();
    all.erase(std::remove(all.begin(), all.end(), nullptr), all.end());
    std::cout << "alive: " << Counter::alive << "\n";
    all.clear();
    std::cout << "alive: " << Counter::alive << "\n";
}

}  // namespace

int main(int argc, char **argv) {
    std::vector<std::string> words(argv + 1, argv + argc);
    std::sort(words.begin(), words.end());
    for (const auto &word : words) std::cout << "[" << word << "]";
    const char *greeting = std::getenv("GREETING");
    std::cout << "\ngreeting: " << (greeting ? greeting : "none") << "\n";
    std::ostringstream number;
    number.precision(12);
    number << 1.0 / 3 << " " << std::hex << 48879;
    std::cout << number.str() << "\n";
    files();
    clocks();
    objects();
    std::exit(argc > 1 ? std::atoi(argv[1]) : 0);
}
