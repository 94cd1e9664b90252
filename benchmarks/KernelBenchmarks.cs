using BenchmarkDotNet.Attributes;
using GenKernels.Runtime;

namespace GenKernels.Benchmarks;

/// <summary>
/// Base of every kernel's benchmark: creates the inputs, checks the result against the formula, then times launches
/// that cycle through sets of inputs and results larger than the last-level cache.
/// </summary>
public abstract class KernelBenchmarks : IBenchmark
{
    private const int CheckedElements = 257;

    // Rounding steps of its type that a result may be off by, relative to the larger of its scale and its magnitude.
    private const double RoundingSteps = 64;

    // Additions of partial results (such as split-K) depend on the algorithm and are not part of the formula.
    private const double CountingError = 0.03;

    private readonly List<Tensor[]> _inputs = [];
    private Tensor?[] _outputs = [];
    private int _turn;

    private static Device Device => BenchmarkDevice.Device;

    /// <summary>The kernels and shapes to time.</summary>
    public abstract IEnumerable<KernelCase> Cases { get; }

    /// <summary>The case being timed.</summary>
    [ParamsSource(nameof(Cases))]
    public KernelCase Case { get; set; } = null!;

    /// <summary>Creates inputs and checks the kernel.</summary>
    [GlobalSetup]
    public void Prepare()
    {
        float[][] values =
            [.. Case.Inputs.Select((shape, index) => Rounded(Uniform(shape.ElementCount, seed: index), index))];
        int sets = (int)Math.Max(2, (2 * BenchmarkDevice.LastLevelCache / Math.Max(1, Case.BytesOfAll)) + 1);
        _inputs.Add(Upload(values));
        while (_inputs.Count < sets) _inputs.Add(Array.ConvertAll(_inputs[0], CopyOf));
        _outputs = new Tensor?[sets];
        using Profiler profiler = new(Device);
        Tensor? result = null;
        ProfiledStep step = profiler.Measure(() => result = Case.Launch(_inputs[0]));
        using (result)
        {
            Check(result!, values);
            CheckOperations(step.Work.Sum(work => work.Cost.Operations));
        }
    }

    /// <summary>The timed launch.</summary>
    [Benchmark]
    public void Launch()
    {
        _outputs[_turn]?.Dispose();
        _outputs[_turn] = Case.Launch(_inputs[_turn]);
        _turn = (_turn + 1) % _inputs.Count;
    }

    int IBenchmark.Sets => _inputs.Count;

    IDisposable? IBenchmark.LaunchApart()
    {
        Tensor result = Case.Launch(_inputs[_turn]).Unscoped();
        _turn = (_turn + 1) % _inputs.Count;
        return result;
    }

    /// <summary>Frees the memory for the next case.</summary>
    [GlobalCleanup]
    public void Dispose()
    {
        GC.SuppressFinalize(this);
        Device.Synchronize();
        foreach (Tensor? output in _outputs) output?.Dispose();
        foreach (Tensor input in _inputs.SelectMany(set => set)) input.Dispose();
        _inputs.Clear();
    }

    private static float[] Uniform(long count, int seed)
    {
        Random random = new(seed);
        float[] values = new float[count];
        for (long index = 0; index < count; index++) values[index] = (2 * random.NextSingle()) - 1;
        return values;
    }

    private ElementType TypeOf(int index) => Case.WideInputs.Contains(index) ? ElementType.Float32 : Case.Type;

    // Rounded as the kernel reads them: the formula must see the same side of a ReLU's kink.
    private float[] Rounded(float[] values, int index) => TypeOf(index) switch
    {
        ElementType.Float16 => Array.ConvertAll(values, value => (float)(Half)value),
        ElementType.BFloat16 => Array.ConvertAll(values, value => (float)(BFloat16)value),
        _ => values,
    };

    private Tensor[] Upload(float[][] values)
    {
        Tensor[] tensors = new Tensor[values.Length];
        for (int index = 0; index < values.Length; index++)
        {
            tensors[index] = Make(values[index], Case.Inputs[index], TypeOf(index));
        }

        return tensors;
    }

    private static Tensor CopyOf(Tensor source)
    {
        Tensor copy = Tensor.Empty(source.Shape, source.Type, Device);
        copy.CopyFrom(source);
        return copy;
    }

    private Tensor Make(float[] values, Shape shape, ElementType type) => type switch
    {
        ElementType.Float32 => Tensor.From(values, shape, Device),
        ElementType.Float16 => Tensor.From(Array.ConvertAll(values, value => (Half)value), shape, Device),
        ElementType.BFloat16 => Tensor.From(Array.ConvertAll(values, value => (BFloat16)value), shape, Device),
        _ => throw new NotSupportedException($"{Case}: benchmarks are for 32-bit and 16-bit floats"),
    };

    private static float[] Values(Tensor tensor) => tensor.Type switch
    {
        ElementType.Float32 => tensor.ToArray<float>(),
        ElementType.Float16 => Array.ConvertAll(tensor.ToArray<Half>(), value => (float)value),
        ElementType.Int32 => Array.ConvertAll(tensor.ToArray<int>(), value => (float)value),
        _ => Array.ConvertAll(tensor.ToArray<BFloat16>(), value => (float)value),
    };

    private void Check(Tensor result, float[][] values)
    {
        if (result.Shape != Case.Output) throw Fault($"the result is {result}, not {Case.Output}");
        double step = result.Type switch { ElementType.Float32 => 1.2e-7, ElementType.Float16 => 9.8e-4, _ => 7.9e-3 };
        float[] actual = Values(result);
        long stride = Math.Max(1, actual.LongLength / CheckedElements) | 1;  // odd, to visit every channel
        List<long> indices = [];
        for (long index = 0; index < actual.LongLength; index += stride) indices.Add(index);
        if (indices.Count > 0) Case.Expected(values, 0);  // computes shared values once, before threads start
        double[] formula = [.. indices.AsParallel().AsOrdered().Select(index => Case.Expected(values, index))];
        foreach ((long index, double expected) in indices.Zip(formula))
        {
            if (Math.Abs(actual[index] - expected) <= RoundingSteps * step * Math.Max(Case.Scale, Math.Abs(expected)))
            {
                continue;
            }
            throw Fault($"element {index} is {actual[index]}, the formula gives {expected}");
        }
    }

    /// <summary>If the case is compute-bound, the case and the launchers must count the same operations.</summary>
    private void CheckOperations(long launched)
    {
        if (Case.Operations == 0 || Math.Abs(launched - Case.Operations) <= CountingError * Case.Operations) return;
        throw Fault($"it takes {Case.Operations} operations by the formula, {launched} by its launches");
    }

    private InvalidOperationException Fault(string what) => new($"{Case}: {what}");
}
