// PixelBoxes: Gather.cuh's counterpart for warpgroups: TMA (im2col mode) copies k-slices of a convolution's implicit
// matrix as boxes, each of the pixels that neighbouring outputs read at a tap. A k-slice of taps x channels holds 64
// channels of one tap, zero-padded where fewer are left.
// Limits: one group; no gaps between the elements of x; ConvolutionPlan.FitsPixelBoxes.
#pragma once
#include "Common/TensorTile.cuh"
#include "Convolution/Plan.cuh"

// Boxes that hold all channels of a tap, side by side.
DEVICE int BoxesOfTap(const Plan& plan) { return (plan.inGroup + BoxLength - 1) / BoxLength; }

struct TapBox { int tap, channel; };

// The tap of a box, and its first channel.
DEVICE TapBox TapBoxOf(const Plan& plan, int number)
{
    const int boxes = BoxesOfTap(plan);
    return {number / boxes, number % boxes * BoxLength};
}

DEVICE TapOffsets TapOffsetsOf(const Plan& plan, int tap)
{
    return {tap % plan.kW * plan.dilationW, tap / plan.kW % plan.kH * plan.dilationH,
            tap / plan.kW / plan.kH * plan.dilationT};
}

// Where a box begins: at a channel of the pixel that an output reads at the first tap.
DEVICE BoxCoordinates PixelOf(const Plan& plan, Int64 row, int channel)
{
    const Site site = OutputSite(plan, row);
    return {{channel, site.w * plan.strideW - plan.beforeW, site.h * plan.strideH - plan.beforeH,
             site.t * plan.strideT - plan.beforeT, site.n}};
}

// The implicit matrix as x operand: outputs are the tile's rows, taps x channels are K.
struct OutputsByTaps {
    const TensorMap& map;
    const Plan& plan;
    BoxCoordinates first;

    MEMBER void Copy(char* slice, int number, TransactionBarrier* barrier)
    {
        const TapBox box = TapBoxOf(plan, number);
        first.at[0] = box.channel;
        CopyPixels(slice, map, barrier, first, TapOffsetsOf(plan, box.tap));
    }
};

// The weights as w operand: output channels are the tile's columns, taps x channels are K.
struct WeightsByTaps {
    const TensorMap& map;
    const Plan& plan;
    int firstOutput;

    MEMBER void Copy(char* slice, int number, TransactionBarrier* barrier)
    {
        const TapBox box = TapBoxOf(plan, number);
        CopyBox(slice, map, barrier, {{box.channel, box.tap, firstOutput}});
    }
};

// The implicit matrix as w operand: taps x channels are the tile's columns, in boxes of 64 channels of one tap; outputs
// are K.
struct TapsByOutputs {
    const TensorMap& map;
    const Plan& plan;
    int firstColumn;

    MEMBER void Copy(char* slice, int number, TransactionBarrier* barrier)
    {
        const int taps = plan.kT * plan.kH * plan.kW;
        BoxCoordinates first = PixelOf(plan, Int64(number) * SliceDepth, 0);
        for (int at = 0; at < TileColumns; at += BoxLength) {
            // Beyond the last tap the box begins past the last channel, so that it is filled with zeros.
            TapBox box = TapBoxOf(plan, (firstColumn + at) / BoxLength);
            if (box.tap >= taps) box = {0, BoxesOfTap(plan) * BoxLength};
            first.at[0] = box.channel;
            CopyPixels(slice + at * SliceBytes, map, barrier, first, TapOffsetsOf(plan, box.tap));
        }
    }
};
