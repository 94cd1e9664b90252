// Philox: the counter-based random number generator Philox 4x32-10. Four words are a function of a counter and a key
// alone, so that any thread makes any number of the sequence, and every device makes the same one.
//
// Source   Salmon, Moraes, Dror, Shaw 2011, Parallel Random Numbers: As Easy as 1, 2, 3, section 3 and table 2
#pragma once

constexpr int WordsPerCounter = 4;

struct PhiloxWords { UInt32 word[WordsPerCounter]; };

// The words of the 128-bit counter (high, low) under the 64-bit key.
DEVICE PhiloxWords Philox(UInt64 low, UInt64 high, UInt64 key)
{
    UInt32 c0 = UInt32(low), c1 = UInt32(low >> 32), c2 = UInt32(high), c3 = UInt32(high >> 32);
    UInt32 k0 = UInt32(key), k1 = UInt32(key >> 32);
    for (int round = 0; round < 10; round++) {
        const UInt64 even = UInt64(0xD2511F53u) * c0;
        const UInt64 odd = UInt64(0xCD9E8D57u) * c2;
        c0 = UInt32(odd >> 32) ^ c1 ^ k0;
        c1 = UInt32(odd);
        c2 = UInt32(even >> 32) ^ c3 ^ k1;
        c3 = UInt32(even);
        k0 += 0x9E3779B9u;  // the golden ratio
        k1 += 0xBB67AE85u;  // the square root of 3, less 1
    }
    return {{c0, c1, c2, c3}};
}
