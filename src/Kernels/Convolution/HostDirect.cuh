// HostDirect: convolution of few output channels on the CPU without a packed (im2col) matrix. Output channels are the
// vector lanes; the sums of some neighbouring columns stay in registers over all taps and channels. A matrix
// library packs both operands of every product, which costs as much as the product itself where one side is this
// narrow.
#pragma once

#include "Convolution/HostInput.cuh"
#include "Convolution/HostVector.cuh"

// The rows of x that one output line reads, padded: for each tap over time and rows, a line of columns that includes
// the zeros of the padding and the gaps. The lines of one tap over time form a ring buffer, so that the next output
// line needs only one new line in each.
struct PaddedLines {
    Scalar* memory;
    int columns;  // of a line
    Int64 lineLength;
    int ring;           // lines of one tap over time
    int first;          // index in each ring of the line of the first tap over rows
    int channelStride;  // 0: a column's channels are contiguous; else a channel's columns are, and this is their pitch
};

DEVICE Scalar* LineOfTap(PaddedLines lines, int tapT, int tapH)
{
    return lines.memory + (tapT * lines.ring + (lines.first + tapH) % lines.ring) * lines.lineLength;
}

DEVICE int PaddedColumns(const Plan& plan)
{
    return (plan.outW - 1) * plan.strideW + (plan.kW - 1) * plan.dilationW + 1;
}

DEVICE void FillLine(const Plan& plan, const Scalar* row, int columns, Scalar* target)
{
    const int channels = plan.groups * plan.inGroup;
    if (plan.upW == 1 && plan.groups == 1) {
        const int before = Minimum(columns, Maximum(0, plan.beforeW));
        const int first = Maximum(0, -plan.beforeW);
        const int count = Maximum(0, Minimum(columns - before, plan.inW - first));
        memset(target, 0, sizeof(Scalar) * before * channels);
        memcpy(target + before * channels, row + Int64(first) * channels, sizeof(Scalar) * count * channels);
        memset(target + (before + count) * channels, 0, sizeof(Scalar) * (columns - before - count) * channels);
        return;
    }
    for (int column = 0; column < columns; column++) {
        const int w = Source(column, 0, 1, plan.beforeW, 1, plan.upW, plan.inW);
        Scalar* to = target + Int64(column) * plan.inGroup;
        if (w < 0) memset(to, 0, sizeof(Scalar) * plan.inGroup);
        else memcpy(to, row + Int64(w) * channels, sizeof(Scalar) * plan.inGroup);
    }
}

// Transposes up to a vector of columns by a vector of channels, so that the columns of each channel are contiguous.
DEVICE void TransposeColumns(
    const Scalar* from, const Scalar* end, int channels, int columnCount, int channelCount, Scalar* to,
    int channelStride)
{
    Vector transposed[Lanes] = {};
    if (columnCount == Lanes && from + (Lanes - 1) * channels + Lanes <= end) {
#pragma GCC unroll 16
        for (int i = 0; i < Lanes; i++) transposed[i] = Load(from + i * channels);
        Transpose(transposed);
        for (int lane = 0; lane < channelCount; lane++) Store(to + Int64(lane) * channelStride, transposed[lane]);
        return;
    }
    for (int i = 0; i < columnCount; i++) {
        CopyPart(reinterpret_cast<Scalar*>(&transposed[i]), from + Int64(i) * channels, channelCount);
    }
    Transpose(transposed);
    for (int lane = 0; lane < channelCount; lane++) {
        CopyPart(to + Int64(lane) * channelStride, reinterpret_cast<const Scalar*>(&transposed[lane]), columnCount);
    }
}

// Scales a transposed line, one factor a channel.
DEVICE void ScaleTransposed(Scalar* line, int channelStride, const Scalar* scales, int channels)
{
    if (scales == nullptr) return;
    for (int c = 0; c < channels; c++, line += channelStride) {
        for (int i = 0; i < channelStride; i++) line[i] *= scales[c];
    }
}

// FillLine, transposed. `end`, where x ends, bounds the vector loads.
DEVICE void FillTransposedLine(
    const Plan& plan, const Scalar* row, const Scalar* end, int columns, int channelStride, Scalar* target)
{
    const int channels = plan.inGroup;
    const int first = Maximum(0, -plan.beforeW), before = Minimum(columns, Maximum(0, plan.beforeW));
    const int count = Maximum(0, Minimum(columns - before, plan.inW - first));
    for (int c = 0; c < channels; c++) {
        Scalar* line = target + Int64(c) * channelStride;
        for (int i = 0; i < before; i++) line[i] = 0;
        for (int i = before + count; i < channelStride; i++) line[i] = 0;
    }
    for (int column = 0; column < count; column += Lanes) {
        for (int c = 0; c < channels; c += Lanes) {
            TransposeColumns(
                row + Int64(first + column) * channels + c, end, channels, Minimum(Lanes, count - column),
                Minimum(Lanes, channels - c), target + Int64(c) * channelStride + before + column, channelStride);
        }
    }
}

// Fills the lines that the output line at a site reads. If isNext, they hold those of the line before it, and only the
// new ones are filled where the geometry allows.
DEVICE void FillLines(const Plan& plan, const Input& input, Site site, int group, bool isNext, PaddedLines& lines)
{
    const int channels = plan.groups * plan.inGroup;
    const bool isShifted = isNext && site.h > 0 && plan.strideH * plan.dilationH * plan.upH == 1;
    if (isShifted) lines.first = (lines.first + 1) % lines.ring;
    for (int tapT = 0; tapT < plan.kT; tapT++) {
        const int t = Source(site.t, tapT, plan.strideT, plan.beforeT, plan.dilationT, plan.upT, plan.inT);
        for (int tapH = isShifted ? plan.kH - 1 : 0; tapH < plan.kH; tapH++) {
            const int h = Source(site.h, tapH, plan.strideH, plan.beforeH, plan.dilationH, plan.upH, plan.inH);
            Scalar* target = LineOfTap(lines, tapT, tapH);
            const Int64 pixel = ((Int64(site.n) * plan.inT + t) * plan.inH + h) * plan.inW;
            const Scalar* row = input.x + pixel * channels + group * plan.inGroup;
            const Scalar* end = input.x + Int64(plan.n) * plan.inT * plan.inH * plan.inW * channels;
            const Scalar* scales = ScalesOf(plan, input, site.n, t, group);
            if (t < 0 || h < 0) {
                memset(target, 0, sizeof(Scalar) * lines.lineLength);
            } else if (lines.channelStride == 0) {
                FillLine(plan, row, lines.columns, target);
                ScaleColumns(target, lines.columns, scales, plan.inGroup);
            } else {
                FillTransposedLine(plan, row, end, lines.columns, lines.channelStride, target);
                ScaleTransposed(target, lines.channelStride, scales, plan.inGroup);
            }
        }
    }
}

// Weights of a group as [tap and channel][output channel], output channels zero-padded to whole vectors.
DEVICE void TransposeWeights(const Plan& plan, const Scalar* weights, Scalar* transposed, int width)
{
    const int depth = plan.kT * plan.kH * plan.kW * plan.inGroup;
    memset(transposed, 0, sizeof(Scalar) * depth * width);
    for (int o = 0; o < plan.outGroup; o++) {
        for (int k = 0; k < depth; k++) transposed[Int64(k) * width + o] = weights[Int64(o) * depth + k];
    }
}

// Computes `Columns` neighbouring outputs of `Vectors` vectors of channels.
template <int Columns, int Vectors>
DEVICE void MicroKernel(
    const Plan& plan, PaddedLines lines, const Scalar* transposed, int width, int column, int channel, Scalar* target)
{
    const int step = plan.strideW * plan.inGroup;
    Vector sum[Columns][Vectors] = {};
    const Scalar* weight = transposed + channel;
    for (int line = 0; line < plan.kT * plan.kH; line++) {
        const Scalar* columns = LineOfTap(lines, line / plan.kH, line % plan.kH);
        for (int tap = 0; tap < plan.kW; tap++) {
            const Scalar* source = columns + Int64(column * plan.strideW + tap * plan.dilationW) * plan.inGroup;

            // One pointer for every three columns: one for each would spill.
            const Scalar* third[(Columns + 2) / 3];
#pragma GCC unroll 6
            for (int i = 0; i < Columns; i += 3) third[i / 3] = source + i * step;
            for (int c = 0; c < plan.inGroup; c++, weight += width) {
                Vector w[Vectors];
#pragma GCC unroll 4
                for (int v = 0; v < Vectors; v++) w[v] = *reinterpret_cast<const Vector*>(weight + v * Lanes);
#pragma GCC unroll 16
                for (int i = 0; i < Columns; i++) {
#pragma GCC unroll 4
                    for (int v = 0; v < Vectors; v++) sum[i][v] += w[v] * third[i / 3][i % 3 * step + c];
                }
            }
        }
    }
    const int outChannels = plan.groups * plan.outGroup;
#pragma GCC unroll 16
    for (int i = 0; i < Columns; i++) {
#pragma GCC unroll 4
        for (int v = 0; v < Vectors; v++) {
            StoreChannels(target + Int64(i) * outChannels + v * Lanes, sum[i][v], plan.outGroup - channel - v * Lanes);
        }
    }
}

template <int Vectors>
DEVICE void Line(const Plan& plan, PaddedLines lines, const Scalar* transposed, int width, int channel, Scalar* target)
{
    const int outChannels = plan.groups * plan.outGroup;
    constexpr int Wide = Registers / (2 * Vectors);
    int column = 0;
    for (; column + Wide <= plan.outW; column += Wide) {
        MicroKernel<Wide, Vectors>(
            plan, lines, transposed, width, column, channel, target + Int64(column) * outChannels);
    }
    for (; column + 4 <= plan.outW; column += 4) {
        MicroKernel<4, Vectors>(plan, lines, transposed, width, column, channel, target + Int64(column) * outChannels);
    }
    for (; column < plan.outW; column++) {
        MicroKernel<1, Vectors>(plan, lines, transposed, width, column, channel, target + Int64(column) * outChannels);
    }
}

// Output lines firstLine ... endLine - 1; a line is one row of y over all its columns.
DEVICE void ConvolveLines(
    const Plan& plan, const Input& input, const Scalar* w, Scalar* y, Int64 firstLine, Int64 endLine)
{
    const int depth = plan.kT * plan.kH * plan.kW * plan.inGroup;
    const int width = (plan.outGroup + Lanes - 1) / Lanes * Lanes;
    const int columns = PaddedColumns(plan);
    const Int64 lineLength = Int64(columns) * plan.inGroup;
    Scalar* transposed = Scratch(size_t(depth) * width + size_t(plan.kT) * plan.kH * lineLength);
    PaddedLines lines = {transposed + Int64(depth) * width, columns, lineLength, plan.kH, 0, 0};
    for (int group = 0; group < plan.groups; group++) {
        TransposeWeights(plan, w + Int64(group) * plan.outGroup * depth, transposed, width);
        for (Int64 line = firstLine; line < endLine; line++) {
            const Int64 row = line * plan.outW;
            FillLines(plan, input, OutputSite(plan, row), group, line > firstLine, lines);
            Scalar* target = y + (row * plan.groups + group) * plan.outGroup;
            int channel = 0;
            for (; channel + Lanes < width; channel += 2 * Lanes) {
                Line<2>(plan, lines, transposed, width, channel, target + channel);
            }
            if (channel < width) Line<1>(plan, lines, transposed, width, channel, target + channel);
        }
    }
}

// transposed[c,o] += sum over columns of source[column,c] gradient[column,o], an outer product per column, for
// `Channels` neighbouring elements c of a line and `Vectors` vectors of output channels o.
template <int Channels, int Vectors>
DEVICE void Outer(const Plan& plan, const Scalar* source, const Scalar* gradient, int width, Scalar* transposed)
{
    const int step = plan.strideW * plan.inGroup;
    Vector sum[Channels][Vectors];
#pragma GCC unroll 16
    for (int c = 0; c < Channels; c++) {
#pragma GCC unroll 4
        for (int v = 0; v < Vectors; v++) {
            sum[c][v] = *reinterpret_cast<const Vector*>(transposed + c * width + v * Lanes);
        }
    }
    for (int column = 0; column < plan.outW; column++) {
        Vector g[Vectors];
#pragma GCC unroll 4
        for (int v = 0; v < Vectors; v++) {
            g[v] = *reinterpret_cast<const Vector*>(gradient + column * width + v * Lanes);
        }
#pragma GCC unroll 16
        for (int c = 0; c < Channels; c++) {
#pragma GCC unroll 4
            for (int v = 0; v < Vectors; v++) sum[c][v] += g[v] * source[column * step + c];
        }
    }
#pragma GCC unroll 16
    for (int c = 0; c < Channels; c++) {
#pragma GCC unroll 4
        for (int v = 0; v < Vectors; v++) *reinterpret_cast<Vector*>(transposed + c * width + v * Lanes) = sum[c][v];
    }
}

// Outer over all elements of a contiguous run of taps and channels.
template <int Vectors>
DEVICE void OuterRun(
    const Plan& plan, const Scalar* source, int count, const Scalar* gradient, int width, Scalar* transposed)
{
    constexpr int Wide = Registers / (2 * Vectors);
    int c = 0;
    for (; c + Wide <= count; c += Wide) {
        Outer<Wide, Vectors>(plan, source + c, gradient, width, transposed + Int64(c) * width);
    }
    for (; c + 4 <= count; c += 4) Outer<4, Vectors>(plan, source + c, gradient, width, transposed + Int64(c) * width);
    for (; c < count; c++) Outer<1, Vectors>(plan, source + c, gradient, width, transposed + Int64(c) * width);
}

DEVICE void WeightGradientOfLine(
    const Plan& plan, PaddedLines lines, const Scalar* gradient, int width, Scalar* transposed)
{
    // Without dilation, all taps of a line and their channels are one contiguous run.
    const int run = plan.dilationW == 1 ? plan.kW * plan.inGroup : plan.inGroup;
    const int runs = plan.dilationW == 1 ? 1 : plan.kW;
    for (int line = 0; line < plan.kT * plan.kH; line++) {
        const Scalar* columns = LineOfTap(lines, line / plan.kH, line % plan.kH);
        for (int i = 0; i < runs; i++) {
            const Scalar* source = columns + Int64(i) * plan.dilationW * plan.inGroup;
            Scalar* target = transposed + (Int64(line) * runs + i) * run * width;
            int channel = 0;
            for (; channel + Lanes < width; channel += 2 * Lanes) {
                OuterRun<2>(plan, source, run, gradient + channel, width, target + channel);
            }
            if (channel < width) OuterRun<1>(plan, source, run, gradient + channel, width, target + channel);
        }
    }
}

// dw = the weight gradient over output lines firstLine ... endLine - 1.
DEVICE void WeightGradientOfLines(
    const Plan& plan, const Input& input, const Scalar* dy, Scalar* dw, Int64 firstLine, Int64 endLine)
{
    const int depth = plan.kT * plan.kH * plan.kW * plan.inGroup;
    const int width = (plan.outGroup + Lanes - 1) / Lanes * Lanes;
    const int columns = PaddedColumns(plan);
    const Int64 lineLength = Int64(columns) * plan.inGroup;
    const int outChannels = plan.groups * plan.outGroup;
    const Int64 gradientLength = Int64(plan.outW) * width;
    Scalar* transposed = Scratch(size_t(depth) * width + gradientLength + size_t(plan.kT) * plan.kH * lineLength);
    Scalar* gradient = transposed + Int64(depth) * width;
    PaddedLines lines = {gradient + gradientLength, columns, lineLength, plan.kH, 0, 0};
    for (int group = 0; group < plan.groups; group++) {
        memset(transposed, 0, sizeof(Scalar) * (Int64(depth) * width + gradientLength));
        for (Int64 line = firstLine; line < endLine; line++) {
            const Int64 row = line * plan.outW;
            FillLines(plan, input, OutputSite(plan, row), group, line > firstLine, lines);
            for (int column = 0; column < plan.outW; column++) {
                const Scalar* from = dy + (row + column) * outChannels + group * plan.outGroup;
                Scalar* to = gradient + Int64(column) * width;
                for (int o = 0; o < plan.outGroup; o += Lanes) CopyPart(to + o, from + o, plan.outGroup - o);
            }
            WeightGradientOfLine(plan, lines, gradient, width, transposed);
        }
        for (int o = 0; o < plan.outGroup; o++) {
            Scalar* target = dw + (Int64(group) * plan.outGroup + o) * depth;
            for (int k = 0; k < depth; k++) target[k] = transposed[Int64(k) * width + o];
        }
    }
}
