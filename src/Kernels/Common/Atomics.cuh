// Atomics: atomic operations of several blocks on one integer. Integers only: their sums are the same in every order,
// those of floats are not.
#pragma once

#if defined(__CUDACC_RTC__)
DEVICE int AtomicAdd(int* place, int value) { return atomicAdd(place, value); }
DEVICE int AtomicExchange(int* place, int value) { return atomicExch(place, value); }
#else
DEVICE int AtomicAdd(int* place, int value) { return __atomic_fetch_add(place, value, __ATOMIC_RELAXED); }
DEVICE int AtomicExchange(int* place, int value) { return __atomic_exchange_n(place, value, __ATOMIC_RELAXED); }
#endif
