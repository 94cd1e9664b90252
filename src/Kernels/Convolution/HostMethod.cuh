// HostMethod: the algorithms that convolve on the CPU; HostMethod in C# has the same numbers.
#pragma once

constexpr int ByPackedRows = 0, Directly = 1, ByTiles = 2, ByColumns = 3, ByTallTiles = 4;
