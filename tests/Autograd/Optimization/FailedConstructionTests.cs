using GenKernels.Autograd;
using GenKernels.Kernels.Optimization;
using GenKernels.Kernels.Random;

namespace GenKernels.Tests.Autograd;

/// <summary>Where memory runs out half-way through a constructor, what it had made is freed.</summary>
public sealed class FailedConstructionTests
{
    private HostDevice _device = null!;
    private RandomGenerator _generator = null!;

    [SetUp]
    public void Open()
    {
        _device = new HostDevice(coreCount: 1);
        _generator = new RandomGenerator(_device, 1);
    }

    [TearDown]
    public void Close()
    {
        _generator.Dispose();
        _device.Dispose();
    }

    [Test]
    public void OfAnArenaNothingIsLeft() => AssertNothingIsLeft(network => new ParameterArena(network));

    [Test]
    public void OfAnOptimizerNothingIsLeft()
    {
        using TestNetwork network = new(_generator);
        using ParameterArena arena = new(network);
        AssertNothingIsLeft(_ => new AdamOptimizer(arena, new AdamOptions()));
    }

    [Test]
    public void OfAnAverageNothingIsLeft()
    {
        using TestNetwork network = new(_generator);
        using ParameterArena arena = new(network);
        AssertNothingIsLeft(shadow => new ModuleAverage(arena, shadow));
    }

    /// <summary>Tries with room for no block, for one, for two, … until there is enough.</summary>
    private void AssertNothingIsLeft(Func<TestNetwork, IDisposable> make)
    {
        const int SmallestBlock = 512;
        bool isMade = false;
        for (int blocks = 0; !isMade; blocks++)
        {
            Assert.That(blocks, Is.LessThan(10), "there should be room enough");
            int before = _device.Memory.Statistics().LiveBuffers;
            TestNetwork network = new(_generator);
            _device.Memory.Limit = _device.Memory.Statistics().Live + (blocks * SmallestBlock);
            try
            {
                make(network).Dispose();
                isMade = true;
            }
            catch (OutOfDeviceMemoryException)
            {
            }

            _device.Memory.Limit = long.MaxValue;
            network.Dispose();
            Assert.That(
                _device.Memory.Statistics().LiveBuffers, Is.EqualTo(before), $"with room for {blocks} blocks");
        }
    }
}
