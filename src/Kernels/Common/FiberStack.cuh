// FiberStack: the machine-dependent part of fibers: the switch from one stack to another, and memory for stacks.
// Written for Linux on x86-64 and AArch64. The C library's functions are declared here: its headers, and C++'s, would
// cost every module compile time.
#pragma once

// The fibers' own functions: sanitizers instrument kernels alone.
#define GK_UNCHECKED __attribute__((no_sanitize("address"), no_sanitize("thread")))
#define FIBER GK_UNCHECKED static inline

extern "C" {
void* mmap(void*, unsigned long, int, int, int, long) noexcept;
int munmap(void*, unsigned long) noexcept;
int mprotect(void*, unsigned long, int) noexcept;
long sysconf(int) noexcept;

// Saves the callee-saved registers on the current stack and its pointer in *saved, and continues on the stack whose
// pointer is next. To the compiler it is a call, so that all other registers are saved where they matter.
__attribute__((visibility("hidden"))) void GkSwitchStack(void** saved, void* next);
}

#if defined(__x86_64__)
asm(".pushsection .text\n"
    ".globl GkSwitchStack\n"
    ".hidden GkSwitchStack\n"
    ".type GkSwitchStack, @function\n"
    ".p2align 4\n"
    "GkSwitchStack:\n"
    "    pushq %rbp\n"
    "    pushq %rbx\n"
    "    pushq %r12\n"
    "    pushq %r13\n"
    "    pushq %r14\n"
    "    pushq %r15\n"
    "    movq %rsp, (%rdi)\n"
    "    movq %rsi, %rsp\n"
    "    popq %r15\n"
    "    popq %r14\n"
    "    popq %r13\n"
    "    popq %r12\n"
    "    popq %rbx\n"
    "    popq %rbp\n"
    "    ret\n"
    ".size GkSwitchStack, .-GkSwitchStack\n"
    ".popsection\n");
#elif defined(__aarch64__)
asm(".pushsection .text\n"
    ".globl GkSwitchStack\n"
    ".hidden GkSwitchStack\n"
    ".type GkSwitchStack, %function\n"
    ".p2align 4\n"
    "GkSwitchStack:\n"
    "    sub sp, sp, #160\n"
    "    stp x19, x20, [sp, #0]\n"
    "    stp x21, x22, [sp, #16]\n"
    "    stp x23, x24, [sp, #32]\n"
    "    stp x25, x26, [sp, #48]\n"
    "    stp x27, x28, [sp, #64]\n"
    "    stp x29, x30, [sp, #80]\n"
    "    stp d8, d9, [sp, #96]\n"
    "    stp d10, d11, [sp, #112]\n"
    "    stp d12, d13, [sp, #128]\n"
    "    stp d14, d15, [sp, #144]\n"
    "    mov x9, sp\n"
    "    str x9, [x0]\n"
    "    mov sp, x1\n"
    "    ldp x19, x20, [sp, #0]\n"
    "    ldp x21, x22, [sp, #16]\n"
    "    ldp x23, x24, [sp, #32]\n"
    "    ldp x25, x26, [sp, #48]\n"
    "    ldp x27, x28, [sp, #64]\n"
    "    ldp x29, x30, [sp, #80]\n"
    "    ldp d8, d9, [sp, #96]\n"
    "    ldp d10, d11, [sp, #112]\n"
    "    ldp d12, d13, [sp, #128]\n"
    "    ldp d14, d15, [sp, #144]\n"
    "    add sp, sp, #160\n"
    "    ret\n"
    ".size GkSwitchStack, .-GkSwitchStack\n"
    ".popsection\n");
#else
#error "the simt device knows x86-64 and AArch64; use the host device on this processor"
#endif

namespace Fibers {

constexpr unsigned long StackBytes = 64 << 10;
constexpr int PageSizeName = 30, NoAccess = 0, ReadAndWrite = 3, PrivateAnonymousUnreserved = 0x4022;

// Reserves addresses without memory; Commit backs a part of them. Null if there is no room.
FIBER char* Reserve(unsigned long bytes)
{
    void* address = mmap(nullptr, bytes, NoAccess, PrivateAnonymousUnreserved, -1, 0);
    return address == reinterpret_cast<void*>(-1) ? nullptr : static_cast<char*>(address);
}

FIBER bool Commit(char* address, unsigned long bytes) { return mprotect(address, bytes, ReadAndWrite) == 0; }

// Lays out a stack so that the first switch to it enters a function; the function must never return.
FIBER void* NewStack(char* top, void (*entry)())
{
    void** words = reinterpret_cast<void**>(top);
#if defined(__x86_64__)
    words[-1] = nullptr;  // in place of a return address: the end of the stack, to a debugger
    words[-2] = reinterpret_cast<void*>(entry);
    words[-3] = nullptr;  // the frame pointer
    return words - 8;
#else
    words[-10] = nullptr;  // the frame pointer
    words[-9] = reinterpret_cast<void*>(entry);
    return words - 20;
#endif
}

}  // namespace Fibers
