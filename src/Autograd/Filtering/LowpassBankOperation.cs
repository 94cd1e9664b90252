using Bank = GenKernels.Kernels.Filtering.LowpassBank;

namespace GenKernels.Autograd;

/// <summary>Filters every noise channel with every filter of a bank; linear.</summary>
public static class LowpassBankOperation
{
    /// <summary>Differentiable to any order with respect to the noise.</summary>
    /// <inheritdoc cref="Kernels.Filtering.LowpassBank.Forward"/>
    public static Variable LowpassBank(
        this Variable noise, Tensor filters, Tensor tapCounts, Tensor scales, long? tapTotal = null)
    {
        Tensor value = Bank.Forward(noise.Value, filters, tapCounts, scales, tapTotal);
        return Variable.FromOperation(nameof(LowpassBank), value, [noise], (_, g) =>
            [g.LowpassBankGradient(filters, tapCounts, scales, tapTotal)]);
    }

    private static Variable LowpassBankGradient(
        this Variable g, Tensor filters, Tensor tapCounts, Tensor scales, long? tapTotal)
    {
        Tensor value = Bank.Gradient(g.Value, filters, scales, tapTotal);
        return Variable.FromOperation(nameof(LowpassBankGradient), value, [g], (_, upstream) =>
            [upstream.LowpassBank(filters, tapCounts, scales, tapTotal)]);
    }
}
