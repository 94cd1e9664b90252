// Stream: rows that the host's one thread writes past the caches of the CPU, for results that are larger than what a
// core keeps: an ordinary store reads the memory it is about to overwrite, and drives out what will be read again.
#pragma once

#if defined(GK_HOST)
constexpr int StreamBytes = 64;  // a line of the cache, which need not be read where it is written whole
typedef float StreamLine __attribute__((vector_size(StreamBytes)));

DEVICE void StreamOut(StreamLine line, Scalar* to)
{
#if defined(__clang__)
    __builtin_nontemporal_store(line, reinterpret_cast<StreamLine*>(to));
#elif defined(__AVX512F__)
    __builtin_ia32_movntps512(reinterpret_cast<float*>(to), line);
#else
    __builtin_memcpy(to, &line, StreamBytes);
#endif
}
#endif

// Copies a row from the nearest cache; lines that it fills in part are written as ever.
DEVICE void StreamRow(const Scalar* row, Scalar* target, int count)
{
    int i = 0;
#if defined(GK_HOST)
    constexpr int Step = StreamBytes / sizeof(Scalar);
    while (i < count && reinterpret_cast<UInt64>(target + i) % StreamBytes != 0) target[i] = row[i], i++;
    for (; i + Step <= count; i += Step) {
        StreamLine line;
        __builtin_memcpy(&line, row + i, StreamBytes);
        StreamOut(line, target + i);
    }
#endif
    for (; i < count; i++) target[i] = row[i];
}

// What was streamed before it, other threads see before what is written after it.
DEVICE void StreamBarrier()
{
#if defined(GK_HOST) && defined(__x86_64__)
    __builtin_ia32_sfence();
#endif
}
