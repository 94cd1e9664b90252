using GenKernels.Autograd;

namespace GenKernels.Tests.Structure;

/// <summary>The example in the README is this code, so that it compiles and behaves as documented.</summary>
public sealed class ReadmeExampleTests
{
    private const string Begin = "// The README's example begins.";
    private const string End = "// The README's example ends.";

    [Test]
    public void TheExampleComputesAGradient()
    {
        using StringWriter output = new();
        TextWriter before = Console.Out;
        Console.SetOut(output);
        try
        {
            RunExample();
        }
        finally
        {
            Console.SetOut(before);
        }

        // y = x / r with r² = (x₁² + x₂²) / 2 + ε; for x = (3, 4) r² is 12.5, and the sum of the two has the gradient
        // (1 - x s / 2r²) / r, where s = x₁ + x₂ is 7.
        double r = Math.Sqrt(12.5);
        double[] expected = [(1 - (3 * 7 / 25.0)) / r, (1 - (4 * 7 / 25.0)) / r];
        double[] actual = [.. output.ToString().Split(',').Select(double.Parse)];
        Assert.That(actual, Is.EqualTo(expected).Within(1e-5));
    }

    [Test]
    public void TheReadmeShowsTheSameCode()
    {
        string[] lines = Repository.Lines($"tests/Structure/{nameof(ReadmeExampleTests)}.cs");
        int begin = Array.FindIndex(lines, line => line.Trim() == Begin);
        int end = Array.FindIndex(lines, line => line.Trim() == End);
        IEnumerable<string> code = lines[(begin + 1)..end].Select(line => line.Length > 8 ? line[8..] : "");
        const string usings = "using GenKernels.Autograd;\nusing GenKernels.Runtime;\n\n";
        Assert.That(Repository.Read("README.md"), Does.Contain($"```csharp\n{usings}{string.Join('\n', code)}\n```"));
    }

    private static void RunExample()
    {
        // The README's example begins.
        using Device device = new HostDevice();
        using TensorScope scope = device.Scope();                       // disposes the tensors made below
        Variable x = new(Tensor.From([3f, 4f], [1, 2], device), requiresGradient: true);

        Variable y = x.PixelNorm();                                     // the kernel PixelNorm.cu, on the device
        Variable gradient = Gradient.Of(y.Sum(), x);                    // itself differentiable on request

        Console.WriteLine(string.Join(", ", gradient.Value.ToArray<float>()));
        // The README's example ends.
    }
}
