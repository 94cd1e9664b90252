// Atomics: atomic operations of several blocks on one integer. Integers only: their sums are the same in every order,
// those of floats are not.
#pragma once

#if defined(__CUDACC_RTC__)
DEVICE int AtomicAdd(int* address, int value) { return atomicAdd(address, value); }
DEVICE int AtomicExchange(int* address, int value) { return atomicExch(address, value); }
#else
DEVICE int AtomicAdd(int* address, int value) { return __atomic_fetch_add(address, value, __ATOMIC_RELAXED); }
DEVICE int AtomicExchange(int* address, int value) { return __atomic_exchange_n(address, value, __ATOMIC_RELAXED); }
#endif
