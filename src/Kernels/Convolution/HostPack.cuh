// HostPack: im2col for convolutions on the CPU: gathers the elements of x that output rows read into rows of a packed
// matrix.
#pragma once
#include "Convolution/HostInput.cuh"

// Packs one line of taps (`line` counts taps over time and rows; all taps over columns) for one output row, with zeros
// outside x and in gaps.
DEVICE void PackLine(const Plan& plan, const Input& input, Site site, int line, int group, Scalar* target)
{
    const int channels = plan.inGroup * plan.groups;
    const int t = Source(site.t, line / plan.kH, plan.strideT, plan.beforeT, plan.dilationT, plan.upT, plan.inT);
    const int h = Source(site.h, line % plan.kH, plan.strideH, plan.beforeH, plan.dilationH, plan.upH, plan.inH);
    if (t < 0 || h < 0) {
        memset(target, 0, sizeof(Scalar) * plan.kW * plan.inGroup);
        return;
    }
    const Scalar* row =
        input.x + ((Int64(site.n) * plan.inT + t) * plan.inH + h) * plan.inW * channels + group * plan.inGroup;
    const Scalar* scales = ScalesOf(plan, input, site.n, t, group);
    const int start = site.w * plan.strideW - plan.beforeW;
    if (plan.groups == 1 && plan.dilationW == 1 && plan.upW == 1 && start >= 0 && start + plan.kW <= plan.inW) {
        memcpy(target, row + Int64(start) * channels, sizeof(Scalar) * plan.kW * channels);
        ScaleColumns(target, plan.kW, scales, plan.inGroup);
        return;
    }
    for (int tap = 0; tap < plan.kW; tap++) {
        const int w = Source(site.w, tap, plan.strideW, plan.beforeW, plan.dilationW, plan.upW, plan.inW);
        Scalar* to = target + Int64(tap) * plan.inGroup;
        if (w < 0) memset(to, 0, sizeof(Scalar) * plan.inGroup);
        else memcpy(to, row + Int64(w) * channels, sizeof(Scalar) * plan.inGroup);
    }
    ScaleColumns(target, plan.kW, scales, plan.inGroup);
}

DEVICE void Advance(const Plan& plan, Site& site)
{
    if (++site.w < plan.outW) return;
    site.w = 0;
    if (++site.h < plan.outH) return;
    site.h = 0;
    if (++site.t < plan.outT) return;
    site.t = 0;
    site.n++;
}

// Packs lines firstLine ... endLine - 1 of taps for output rows firstRow ... endRow - 1, one packed row for each.
DEVICE void PackLines(
    const Plan& plan, const Input& input, Int64 firstRow, Int64 endRow, int firstLine, int endLine, int group,
    Scalar* packed)
{
    Site site = OutputSite(plan, firstRow);
    for (Int64 row = firstRow; row < endRow; row++) {
        for (int line = firstLine; line < endLine; line++) {
            PackLine(plan, input, site, line, group, packed);
            packed += plan.kW * plan.inGroup;
        }
        Advance(plan, site);
    }
}

// Whether a packed row would equal the row of x itself, so that none need be packed: one tap, one group, and no stride,
// gaps, padding or scales.
DEVICE bool IsPlain(const Plan& plan, const Input& input)
{
    return input.scales == nullptr && plan.kT * plan.kH * plan.kW == 1 && plan.groups == 1
        && plan.inT == plan.outT && plan.inH == plan.outH && plan.inW == plan.outW
        && plan.beforeT == 0 && plan.beforeH == 0 && plan.beforeW == 0
        && plan.strideT * plan.strideH * plan.strideW * plan.upT * plan.upH * plan.upW == 1;
}
