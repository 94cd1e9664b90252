// Plan: the geometry of a convolution, shared by its kernels; ConvolutionPlan in C# has the same layout.
#pragma once

struct Plan {
    int n;                      // clips
    int inT, inH, inW;          // of x
    int outT, outH, outW;       // of y
    int kT, kH, kW;             // taps
    int strideT, strideH, strideW;
    int beforeT, beforeH, beforeW;
    int dilationT, dilationH, dilationW;
    int upT, upH, upW;          // x is read as if up - 1 zeros followed each element
    int groups, inGroup, outGroup;  // inGroup, outGroup: channels of x and of y in one group
};

// The element of x that output `out` reads at tap `tap` along one axis, or -1 where there is none: in the padding or in
// a gap.
DEVICE int Source(int out, int tap, int stride, int before, int dilation, int up, int size)
{
    const int position = out * stride - before + tap * dilation;
    if (position < 0 || position % up != 0) return -1;
    return position / up < size ? position / up : -1;
}

struct Site {
    int n, t, h, w;
};

DEVICE Site OutputSite(const Plan& plan, Int64 row)
{
    const int w = int(row % plan.outW);
    row /= plan.outW;
    const int h = int(row % plan.outH);
    row /= plan.outH;
    return {int(row / plan.outT), int(row % plan.outT), h, w};
}

// The element of x that an output site reads at `at`, the flat index of a tap and a channel of the group; -1 where
// there is none.
DEVICE Int64 SourceElement(const Plan& plan, Site site, int group, Int64 at)
{
    const int channel = int(at % plan.inGroup), tap = int(at / plan.inGroup);
    const int kw = tap % plan.kW, kh = tap / plan.kW % plan.kH, kt = tap / plan.kW / plan.kH;
    const int t = Source(site.t, kt, plan.strideT, plan.beforeT, plan.dilationT, plan.upT, plan.inT);
    const int h = Source(site.h, kh, plan.strideH, plan.beforeH, plan.dilationH, plan.upH, plan.inH);
    const int w = Source(site.w, kw, plan.strideW, plan.beforeW, plan.dilationW, plan.upW, plan.inW);
    if (t < 0 || h < 0 || w < 0) return -1;
    const Int64 pixel = ((Int64(site.n) * plan.inT + t) * plan.inH + h) * plan.inW + w;
    return (pixel * plan.groups + group) * plan.inGroup + channel;
}

DEVICE Int64 OutputCount(const Plan& plan) { return Int64(plan.n) * plan.outT * plan.outH * plan.outW; }
