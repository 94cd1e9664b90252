// Phases: a convolution with gaps between the elements of x (up), such as the adjoint of a strided one, without the
// multiplications by the zeros in the gaps. Outputs `up` apart along each axis form a phase: for all of them the same
// evenly spaced taps hit elements of x, and the other taps fall into gaps. Each phase is a convolution without gaps
// over a subset of the taps.
#pragma once
#include "Convolution/Plan.cuh"

// One axis of a phase: its outputs are number, number + up, ...; its taps firstTap, firstTap + tapStep, ...
struct AxisPhase {
    int number, up, outputs, firstTap, tapStep, taps, before, dilation;
};

DEVICE AxisPhase AxisPhaseOf(int number, int up, int outputs, int taps, int before, int dilation)
{
    AxisPhase phase = {number, up, Maximum(0, (outputs - number + up - 1) / up), 0, 1, 0, 0, 0};
    while (phase.firstTap < taps && (number - before + phase.firstTap * dilation) % up != 0) phase.firstTap++;
    while (phase.tapStep * dilation % up != 0) phase.tapStep++;
    phase.taps = (taps - phase.firstTap + phase.tapStep - 1) / phase.tapStep;
    phase.before = -((number - before + phase.firstTap * dilation) / up);
    phase.dilation = phase.tapStep * dilation / up;
    return phase;
}

struct Phase {
    Plan plan;  // without gaps; at least one tap along each axis, as indices are divided by the tap counts
    AxisPhase t, h, w;
    int depth;  // K, the terms of a sum: 0 where all taps fall into gaps
};

DEVICE Phase PhaseOf(const Plan& plan, int number)
{
    Phase phase;
    phase.w = AxisPhaseOf(number % plan.upW, plan.upW, plan.outW, plan.kW, plan.beforeW, plan.dilationW);
    number /= plan.upW;
    phase.h = AxisPhaseOf(number % plan.upH, plan.upH, plan.outH, plan.kH, plan.beforeH, plan.dilationH);
    phase.t = AxisPhaseOf(number / plan.upH, plan.upT, plan.outT, plan.kT, plan.beforeT, plan.dilationT);
    phase.plan = plan;
    phase.plan.outT = phase.t.outputs, phase.plan.outH = phase.h.outputs, phase.plan.outW = phase.w.outputs;
    phase.plan.kT = Maximum(1, phase.t.taps), phase.plan.kH = Maximum(1, phase.h.taps);
    phase.plan.kW = Maximum(1, phase.w.taps);
    phase.depth = phase.t.taps * phase.h.taps * phase.w.taps * plan.inGroup;
    phase.plan.beforeT = phase.t.before, phase.plan.beforeH = phase.h.before, phase.plan.beforeW = phase.w.before;
    phase.plan.dilationT = phase.t.dilation, phase.plan.dilationH = phase.h.dilation;
    phase.plan.dilationW = phase.w.dilation;
    phase.plan.upT = phase.plan.upH = phase.plan.upW = 1;
    return phase;
}

// The row of the whole result that a row of a phase becomes.
DEVICE Int64 RowOf(const Plan& plan, const Phase& phase, Int64 row)
{
    const Site site = OutputSite(phase.plan, row);
    const int t = site.t * phase.t.up + phase.t.number, h = site.h * phase.h.up + phase.h.number;
    return ((Int64(site.n) * plan.outT + t) * plan.outH + h) * plan.outW + site.w * phase.w.up + phase.w.number;
}

// Converts steps counted in the phase's taps to steps counted in all taps.
DEVICE int TapSteps(const Plan& plan, const Phase& phase, int t, int h, int w)
{
    return (t * phase.t.tapStep * plan.kH + h * phase.h.tapStep) * plan.kW + w * phase.w.tapStep;
}

// The index among all taps of one of the phase's taps.
DEVICE int TapNumber(const Plan& plan, const Phase& phase, int t, int h, int w)
{
    const int first = (phase.t.firstTap * plan.kH + phase.h.firstTap) * plan.kW + phase.w.firstTap;
    return first + TapSteps(plan, phase, t, h, w);
}

// Converts a flat index over the phase's taps and channels to one over all taps and channels.
DEVICE int WeightElement(const Plan& plan, const Phase& phase, int at)
{
    const int tap = at / plan.inGroup, line = tap / phase.plan.kW;
    const int number = TapNumber(plan, phase, line / phase.plan.kH, line % phase.plan.kH, tap % phase.plan.kW);
    return number * plan.inGroup + at % plan.inGroup;
}
