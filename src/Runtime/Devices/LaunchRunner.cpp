// LaunchRunner: the program in which the simt device runs modules that were built with a sanitizer. Every buffer that
// a launch takes is an allocation of exactly its size, in red zones; a report ends this program, not the caller's.
//
//   request    Header, path of the module, name of the kernel, then for a launch: the runtime's NativeLaunch, each
//              buffer as its size and its bytes, each argument as Argument and its bytes
//   reply      for a description: the kernel's parameter count and their sizes; for a launch: Outcome, the message,
//              and where the launch went well the bytes of every buffer
// Requests come on standard input, replies go to standard output, the sanitizer's report to standard error.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <dlfcn.h>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

namespace {

struct Header {
    std::int32_t pathLength;
    std::int32_t nameLength;
    std::int32_t bufferCount;
    std::int32_t argumentCount;  // -1: describe the kernel
};

struct Argument {
    std::int32_t size;
    std::int32_t buffer;  // -1: the bytes are the value; else they begin with an offset into the buffer
};

struct Outcome {
    std::int32_t status;
    std::int32_t messageLength;
};

// Laid out as NativeLaunch in the runtime.
struct Launch {
    unsigned grid[3];
    unsigned block[3];
    unsigned sharedBytes;
    unsigned threadOrder;
    unsigned seed;
    unsigned fillShared;
    char* error;
    int errorCapacity;
    int stackSlotCount;
    void** stackSlots;
};

using Trampoline = int (*)(const Launch*, void**, long long, long long);

struct Buffer {
    void* address;
    std::size_t bytes;
};

constexpr std::size_t Alignment = 64;  // of buffers and of arguments

struct alignas(Alignment) Line { char bytes[Alignment]; };
using Value = std::vector<Line>;

constexpr int ErrorCapacity = 512;
void* stackSlots[2];  // for each thread that runs blocks

void Read(void* target, std::size_t bytes)
{
    if (std::fread(target, 1, bytes, stdin) != bytes) std::_Exit(0);  // the caller is gone
}

template <typename T> T Read()
{
    T value;
    Read(&value, sizeof value);
    return value;
}

void Write(const void* source, std::size_t bytes) { std::fwrite(source, 1, bytes, stdout); }

std::string ReadText(int length)
{
    std::string text(length, '\0');
    Read(text.data(), text.size());
    return text;
}

[[noreturn]] void Fail(const char* message)
{
    std::fprintf(stderr, "LaunchRunner: %s\n", message);
    std::_Exit(1);
}

void* Symbol(const std::string& path, const std::string& name)
{
    static std::map<std::string, void*> modules;
    void*& module = modules[path];
    if (module == nullptr) module = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    void* symbol = module == nullptr ? nullptr : dlsym(module, name.c_str());
    if (symbol == nullptr) Fail(dlerror());
    return symbol;
}

void Describe(const std::string& path, const std::string& name)
{
    const int* sizes = static_cast<const int*>(Symbol(path, name + "_parameters"));
    Write(sizes, (1 + sizes[0]) * sizeof(int));
}

std::vector<Buffer> ReadBuffers(int count)
{
    std::vector<Buffer> buffers(count);
    for (Buffer& buffer : buffers) {
        buffer.bytes = Read<std::int64_t>();
        if (posix_memalign(&buffer.address, Alignment, buffer.bytes) != 0) Fail("there is no room for a buffer");
        Read(buffer.address, buffer.bytes);
    }

    return buffers;
}

std::vector<Value> ReadArguments(int count, const std::vector<Buffer>& buffers)
{
    std::vector<Value> arguments(count);
    for (Value& value : arguments) {
        const Argument argument = Read<Argument>();
        value.resize(argument.size / Alignment + 1);
        Read(value.data(), argument.size);
        if (argument.buffer < 0) continue;
        std::uintptr_t& address = *reinterpret_cast<std::uintptr_t*>(value.data());
        address += reinterpret_cast<std::uintptr_t>(buffers[argument.buffer].address);
    }

    return arguments;
}

// ThreadSanitizer sees a race between blocks only if they run on two threads, and neighbouring blocks are the likeliest
// to race: each thread runs every second one. Each keeps stack slots of its own, since sharing them would order the
// blocks. AddressSanitizer's modules keep shared memory where only one thread may use it.
int RunBlocks(Trampoline run, const Launch& launch, void** values)
{
    const long long count = 1ll * launch.grid[0] * launch.grid[1] * launch.grid[2];
    int status = 0, oddStatus = 0;
#if defined(__SANITIZE_THREAD__)
    const auto runEverySecond = [=, &launch](long long first, void** slot, int& status) {
        Launch own = launch;
        own.stackSlots = slot;
        for (long long block = first; block < count && status == 0; block += 2) {
            status = run(&own, values, block, block + 1);
        }
    };
    std::thread worker;
    if (count > 1) worker = std::thread(runEverySecond, 1, stackSlots + 1, std::ref(oddStatus));
    runEverySecond(0, stackSlots, status);
    if (worker.joinable()) worker.join();
#else
    status = run(&launch, values, 0, count);
#endif
    return status != 0 ? status : oddStatus;
}

void Run(const Header& header, const std::string& path, const std::string& name)
{
    Launch launch = Read<Launch>();
    std::vector<Buffer> buffers = ReadBuffers(header.bufferCount);
    std::vector<Value> arguments = ReadArguments(header.argumentCount, buffers);
    std::vector<void*> values;
    for (Value& value : arguments) values.push_back(value.data());
    char error[ErrorCapacity] = {};
    launch.error = error;
    launch.errorCapacity = ErrorCapacity;
    launch.stackSlotCount = 1;
    launch.stackSlots = stackSlots;

    const Trampoline run = reinterpret_cast<Trampoline>(Symbol(path, name + "_run"));
    const int status = RunBlocks(run, launch, values.data());
    const std::string message = error;
    const Outcome outcome = {status, std::int32_t(message.size())};
    Write(&outcome, sizeof outcome);
    Write(message.data(), message.size());
    if (status != 0) {
        // Fibers were left in the middle of a block, so the state of this process is unreliable; the caller starts
        // another.
        std::fflush(stdout);
        std::_Exit(0);
    }

    for (Buffer& buffer : buffers) {
        Write(buffer.address, buffer.bytes);
        std::free(buffer.address);
    }
}

}  // namespace

int main()
{
    while (true) {
        const Header header = Read<Header>();
        const std::string path = ReadText(header.pathLength);
        const std::string name = ReadText(header.nameLength);
        if (header.argumentCount < 0) Describe(path, name);
        else Run(header, path, name);
        std::fflush(stdout);
    }
}
