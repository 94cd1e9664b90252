// HostColumns: direct convolution on the CPU where output channels would not fill a vector. Columns are the vector
// lanes: lines of x are transposed, so that the columns of each channel are contiguous, and outputs transposed back.
#pragma once
#include "Convolution/HostDirect.cuh"

constexpr int ColumnChannels = Registers == 32 ? 12 : 4;  // most output channels whose sums are kept in registers

// The weights as [tap over time and rows][channel][tap over columns][output channel], output channels zero-padded to
// width.
DEVICE void TransposeWeightsForColumns(
    const Plan& plan, const Scalar* weights, int firstChannel, int width, Scalar* transposed)
{
    const int lineCount = plan.kT * plan.kH, lineLength = plan.kW * plan.inGroup;
    for (int line = 0; line < lineCount; line++) {
        for (int c = 0; c < plan.inGroup; c++) {
            for (int tap = 0; tap < plan.kW; tap++) {
                for (int o = firstChannel; o < firstChannel + width; o++) {
                    const Int64 at = Int64(o) * lineCount * lineLength + line * lineLength + tap * plan.inGroup + c;
                    *transposed++ = o < plan.outGroup ? weights[at] : Scalar(0);
                }
            }
        }
    }
}

// Computes `Vectors` vectors of neighbouring columns of `Channels` output channels. Not inlined: it needs all registers
// for itself.
template <int Channels, int Vectors>
static __attribute__((noinline)) void ColumnMicroKernel(
    const Plan& plan, PaddedLines lines, const Scalar* weight, int column, int channelCount, Scalar* target)
{
    Vector sum[Channels][Vectors] = {};
    for (int line = 0; line < plan.kT * plan.kH; line++) {
        const Scalar* source = LineOfTap(lines, line / plan.kH, line % plan.kH) + column;
        for (int c = 0; c < plan.inGroup; c++, source += lines.channelStride) {
            // Unrolled, the compiler adds the taps' products in a tree that needs more registers than there are.
#pragma GCC unroll 1
            for (int tap = 0; tap < plan.kW; tap++, weight += Channels) {
                Vector x[Vectors];
#pragma GCC unroll 2
                for (int v = 0; v < Vectors; v++) x[v] = Load(source + tap * plan.dilationW + v * Lanes);
#pragma GCC unroll 12
                for (int o = 0; o < Channels; o++) {
#pragma GCC unroll 2
                    for (int v = 0; v < Vectors; v++) sum[o][v] += x[v] * weight[o];
                }
            }
        }
    }
    for (int v = 0; v < Vectors; v++) {
        const int columns = Minimum(Lanes, plan.outW - column - v * Lanes);
        for (int first = 0; first < Channels; first += Lanes) {
            Vector transposed[Lanes] = {};
            for (int o = 0; o < Minimum(Lanes, Channels - first); o++) transposed[o] = sum[first + o][v];
            Transpose(transposed);
            for (int i = 0; i < columns; i++) {
                Scalar* to = target + Int64(column + v * Lanes + i) * plan.outGroup + first;
                CopyPart(to, reinterpret_cast<const Scalar*>(&transposed[i]), channelCount - first);
            }
        }
    }
}

template <int Channels>
DEVICE void ColumnLine(const Plan& plan, PaddedLines lines, const Scalar* weights, int channelCount, Scalar* target)
{
    int column = 0;
    for (; column + Lanes < plan.outW; column += 2 * Lanes) {
        ColumnMicroKernel<Channels, 2>(plan, lines, weights, column, channelCount, target);
    }
    if (column < plan.outW) ColumnMicroKernel<Channels, 1>(plan, lines, weights, column, channelCount, target);
}

// ConvolveLines with columns as lanes: output lines firstLine ... endLine - 1.
DEVICE void ConvolveLinesByColumns(
    const Plan& plan, const Input& input, const Scalar* w, Scalar* y, Int64 firstLine, Int64 endLine)
{
    const int depth = plan.kT * plan.kH * plan.kW * plan.inGroup;
    const int parts = (plan.outGroup + ColumnChannels - 1) / ColumnChannels;
    const int width = ((plan.outGroup + parts - 1) / parts + 3) / 4 * 4;
    const int reach = (plan.kW - 1) * plan.dilationW;
    const int channelStride = (plan.outW + 2 * Lanes - 1) / (2 * Lanes) * (2 * Lanes) + reach;
    const Int64 lineLength = Int64(plan.inGroup) * channelStride;
    Scalar* weights = Scratch(size_t(parts) * depth * width + size_t(plan.kT) * plan.kH * lineLength);
    Scalar* memory = weights + Int64(parts) * depth * width;
    PaddedLines lines = {memory, plan.outW + reach, lineLength, plan.kH, 0, channelStride};
    for (int part = 0; part < parts; part++) {
        TransposeWeightsForColumns(plan, w, part * width, width, weights + Int64(part) * depth * width);
    }
    for (Int64 line = firstLine; line < endLine; line++) {
        const Int64 row = line * plan.outW;
        FillLines(plan, input, OutputSite(plan, row), 0, line > firstLine, lines);
        for (int part = 0; part < parts; part++) {
            const Scalar* partWeights = weights + Int64(part) * depth * width;
            const int count = Minimum(width, plan.outGroup - part * width);
            Scalar* target = y + row * plan.outGroup + part * width;
            if (width == 4) ColumnLine<4>(plan, lines, partWeights, count, target);
            if constexpr (ColumnChannels == 12) {
                if (width == 8) ColumnLine<8>(plan, lines, partWeights, count, target);
                if (width == 12) ColumnLine<12>(plan, lines, partWeights, count, target);
            }
        }
    }
}
