// PixelBoxes: Gather for warpgroups: slices of the implicit matrix of a convolution as boxes that the hardware copies,
// pixels met with a tap. A slice along the depth has 64 channels of one tap, zeros where those are fewer.
// Limits: one group; no gaps between the elements of x; what ConvolutionPlan.FitsPixelBoxes says.
#pragma once
#include "Common/TensorTile.cuh"
#include "Convolution/Plan.cuh"

// Boxes that have the channels of a tap, side by side.
DEVICE int BoxesOfTap(const Plan& plan) { return (plan.inGroup + BoxLength - 1) / BoxLength; }

struct TapBox { int tap, channel; };

// The tap of a box, and the first of its channels.
DEVICE TapBox TapBoxOf(const Plan& plan, int number)
{
    const int boxes = BoxesOfTap(plan);
    return {number / boxes, number % boxes * BoxLength};
}

DEVICE TapPlace TapPlaceOf(const Plan& plan, int tap)
{
    return {tap % plan.kW * plan.dilationW, tap / plan.kW % plan.kH * plan.dilationH,
            tap / plan.kW / plan.kH * plan.dilationT};
}

// The channel from which on an output meets the pixel of its first tap.
DEVICE BoxPlace PixelOf(const Plan& plan, Int64 row, int channel)
{
    const Site site = OutputSite(plan, row);
    return {{channel, site.w * plan.strideW - plan.beforeW, site.h * plan.strideH - plan.beforeH,
             site.t * plan.strideT - plan.beforeT, site.n}};
}

// Outputs are the tile's rows, the depth is taps by channels.
struct OutputsByTaps {
    const TensorMap& map;
    const Plan& plan;
    BoxPlace first;

    MEMBER void Bring(char* slice, int number, ByteBarrier* barrier)
    {
        const TapBox box = TapBoxOf(plan, number);
        first.at[0] = box.channel;
        CopyPixels(slice, map, barrier, first, TapPlaceOf(plan, box.tap));
    }
};

// Output channels are the tile's columns, the depth is taps by channels.
struct WeightsByTaps {
    const TensorMap& map;
    const Plan& plan;
    int firstOutput;

    MEMBER void Bring(char* slice, int number, ByteBarrier* barrier)
    {
        const TapBox box = TapBoxOf(plan, number);
        CopyBox(slice, map, barrier, {{box.channel, box.tap, firstOutput}});
    }
};

// Taps by channels are the tile's columns, 64 channels of a tap together; the depth is the outputs.
struct TapsByOutputs {
    const TensorMap& map;
    const Plan& plan;
    int firstColumn;

    MEMBER void Bring(char* slice, int number, ByteBarrier* barrier)
    {
        const int taps = plan.kT * plan.kH * plan.kW;
        BoxPlace place = PixelOf(plan, Int64(number) * SliceDepth, 0);
        for (int at = 0; at < TileColumns; at += BoxLength) {
            // Beyond the last tap no such channels are there, and what comes is zeros.
            TapBox box = TapBoxOf(plan, (firstColumn + at) / BoxLength);
            if (box.tap >= taps) box = {0, BoxesOfTap(plan) * BoxLength};
            place.at[0] = box.channel;
            CopyPixels(slice + at * SliceBytes, map, barrier, place, TapPlaceOf(plan, box.tap));
        }
    }
};
