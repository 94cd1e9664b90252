using GenKernels.Tests.Golden;
using GenKernels.Train.Verification;

namespace GenKernels.Tests.Train.Verification;

public sealed class VerifierTests
{
    private TemporaryFolder _folder = null!;

    private static IEnumerable<string> RecordedFiles => Verifier.FindFiles(GoldenFiles.Path(""))
        .Select(path => Path.GetRelativePath(GoldenFiles.Path(""), path).Replace('\\', '/'));

    [SetUp]
    public void MakeAFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveTheFolder() => _folder.Dispose();

    [TestCaseSource(nameof(RecordedFiles))]
    public void EveryRecordedFileIsMatched(string name)
    {
        CaseResult[] results = [.. new Verifier(TestDevices.Usual).Run(GoldenFiles.Path(name))];
        Assert.That(results, Is.Not.Empty);
        Assert.That(
            from result in results
            where result.Status != CaseStatus.Passed
            select $"{result.Case}: {result.Message}",
            Is.Empty);
    }

    [Test]
    public void AFileIsKnownByItsConfigurationWhateverItIsCalled()
    {
        File.Copy(GoldenFiles.Path("ops/resample.safetensors"), _folder.File("other name.safetensors"));
        CaseResult[] results = Run();
        Assert.That(results, Has.Length.EqualTo(15).And.All.Property(nameof(CaseResult.Kind)).EqualTo("resample"));
        Assert.That(results, Has.All.Property(nameof(CaseResult.Status)).EqualTo(CaseStatus.Passed));
        Assert.That(results[0].Case, Is.EqualTo("other name 0"));
    }

    [TestCase("ops/conv", "case3.out.y", "out.y")]
    [TestCase("ops/conv", "case10.grad_pen.w", "grad_pen.w")]
    [TestCase("ops/bias_act", "case10.grad2.x", "grad2.x")]
    [TestCase("ops/attention", "case2.grad.to_k.weight", "grad.to_k.weight")]
    [TestCase("ops/attention", "case3.grad.in_proj_bias", "grad.in_proj_bias")]
    [TestCase("ops/attention", "case5.out.y", "out.y")]
    [TestCase("ops/filters", "case0.out.f", "out.f")]
    [TestCase("ops/optim_ema", "case2.out.p5", "out.p5")]
    [TestCase("metrics/color_similarity", "case1.out.similarity", "out.similarity")]
    [TestCase("metrics/frechet", "case2.out.frechet", "out.frechet")]
    [TestCase("longvideo/lres_D_18x32", "out.r1_penalty", "out.r1_penalty")]
    [TestCase("longvideo/lres_train_steps", "out.G_loss", "out.G_loss")]
    public void AValueThatIsOffIsFound(string file, string tensor, string worst)
    {
        CaseFiles.CopyDamaged(GoldenFiles.Path($"{file}.safetensors"), _folder.File("damaged.safetensors"), tensor);
        CaseResult failed = Run().Single(result => result.Status != CaseStatus.Passed);
        Assert.That(failed.Status, Is.EqualTo(CaseStatus.Failed));
        Assert.That(failed.Worst, Is.EqualTo(worst));
        Assert.That(failed.Error, Is.GreaterThan(failed.Tolerance.Relative + failed.Tolerance.Absolute));
        Assert.That(failed.Message, Does.StartWith($"{worst} is off by "));
    }

    [Test]
    public void WhatNothingComputesIsUnknown()
    {
        CaseFiles.Write(_folder.File("a.safetensors"), """{"kind": "a network of tomorrow"}""", ("out.y", [1], [0]));
        CaseFiles.Write(
            _folder.File("b.safetensors"), """{"act": "gelu"}""",
            ("in.x", [1, 1], [0]), ("out.y", [1, 1], [0]));
        CaseFiles.Write(
            _folder.File("c.safetensors"), """{"act": "relu"}""",
            ("in.x", [1, 1], [0]), ("out.y", [1, 1], [0]), ("out.entropy", [1], [0]));
        CaseResult[] results = Run();
        Assert.That(results, Has.All.Property(nameof(CaseResult.Status)).EqualTo(CaseStatus.Unknown));
        Assert.That(results.Select(result => result.Message), Is.EqualTo(new[]
        {
            "cases of kind a network of tomorrow are not implemented",
            "unknown activation gelu",
            "not implemented: out.entropy",
        }));
    }

    [Test]
    public void ACaseWithoutResultsIsUnknown()
    {
        CaseFiles.Write(_folder.File("a.safetensors"), """{"act": "relu"}""", ("in.x", [1, 1], [0]));
        Assert.That(Run().Single().Message, Is.EqualTo("the case records no result"));
    }

    [TestCase(2)]
    [TestCase(1)]
    public void AnotherShapeIsAFailure(int rows)
    {
        CaseFiles.Write(
            _folder.File("a.safetensors"), """{"act": "relu"}""",
            ("in.x", [1, 2], [0, 0]), ("out.y", [rows, 1], new float[rows]));
        CaseResult result = Run().Single();
        Assert.That(result.Status, Is.EqualTo(CaseStatus.Failed));
        Assert.That(result.Message, Is.EqualTo($"out.y must have shape [{rows}, 1], got [1, 2]"));
    }

    [Test]
    public void ACaseWithoutTensorsIsUnknown()
    {
        CaseFiles.Write(
            _folder.File("a.safetensors"), """[{"act": "relu"}, {"act": "relu"}]""",
            ("case0.in.x", [1, 1], [-1]), ("case0.out.y", [1, 1], [0]));
        Assert.That(
            Run().Select(result => result.Status), Is.EqualTo(new[] { CaseStatus.Passed, CaseStatus.Unknown }));
    }

    [Test]
    public void ThePenaltyOfAResampledConvolutionIsComputed()
    {
        CaseFiles.Write(
            _folder.File("a.safetensors"), """{"kind": "conv2d_resample", "up": 1, "flip_weight": true}""",
            ("in.x", [1, 1, 1, 1], [0.5f]), ("in.w", [1, 1, 1, 1], [2]), ("out.penalty", [], [0.70551379f]),
            ("grad_pen.x", [1, 1, 1, 1], [-4.2985214f]), ("grad_pen.w", [1, 1, 1, 1], [-0.36911657f]));
        Assert.That(Run().Single().Status, Is.EqualTo(CaseStatus.Passed));
    }

    [Test]
    public void NoNumberIsNeverRight()
    {
        CaseFiles.Write(
            _folder.File("a.safetensors"), """{"act": "linear"}""",
            ("in.x", [1, 2], [float.NaN, 1]), ("out.y", [1, 2], [1, 1]));
        Assert.That(Run().Single().Status, Is.EqualTo(CaseStatus.Failed));
    }

    [Test]
    public void ADamagedFileIsAFailureAndTheOthersAreRun()
    {
        File.WriteAllText(_folder.File("a.safetensors"), "no such thing");
        CaseFiles.Write(
            _folder.File("b.safetensors"), """{"act": "relu"}""",
            ("in.x", [1, 1], [-1]), ("out.y", [1, 1], [0]));
        CaseFiles.Write(_folder.File("c.safetensors"), "no JSON", ("out.y", [1], [0]));
        CaseResult[] results = Run();
        Assert.That(
            results.Select(result => result.Status),
            Is.EqualTo(new[] { CaseStatus.Failed, CaseStatus.Passed, CaseStatus.Failed }));
        Assert.That(results[2].Message, Does.Contain("config").And.Contain("not JSON"));
    }

    [Test]
    public void AGradientMayJumpAtAKinkButNotElsewhere([Values] bool isAtTheKink)
    {
        float x = isAtTheKink ? float.Epsilon : 1;
        CaseFiles.Write(
            _folder.File("a.safetensors"), "{}",
            ("in.x", [1], [x]), ("out.y", [1], [x]), ("grad.x", [1], [0]));
        CaseResult result = new Verifier(TestDevices.Usual, [new RampCases()]).Run(_folder.Path).Single();
        Assert.That(result.Status, Is.EqualTo(isAtTheKink ? CaseStatus.Passed : CaseStatus.Failed));
        if (isAtTheKink) Assert.That(result.Message, Does.Contain("kink"));
    }

    /// <summary>A kink may lie on either side and beyond the reach of the smallest moves, but not arbitrarily
    /// far.</summary>
    [TestCase(1, 0, "by an ulp (try ")]
    [TestCase(-1, 1, "by 2 ulps (try ")]
    [TestCase(3, 0, "by 4 ulps (try ")]
    [TestCase(-3, 1, "by 4 ulps (try ")]
    [TestCase(7, 0, "by 8 ulps (try ")]
    [TestCase(9, 0, null)]
    [TestCase(-8, 1, null)]
    public void MovesGrowUntilOneReachesTheOtherSideOfAKink(int place, float recorded, string? said)
    {
        float x = place * float.Epsilon;
        CaseFiles.Write(
            _folder.File("a.safetensors"), "{}",
            ("in.x", [1], [x]), ("out.y", [1], [0]), ("grad.x", [1], [recorded]));
        CaseResult result = new Verifier(TestDevices.Usual, [new RampCases()]).Run(_folder.Path).Single();
        Assert.That(result.Status, Is.EqualTo(said is null ? CaseStatus.Failed : CaseStatus.Passed), result.Message);
        Assert.That(result.Message, Does.Contain(said ?? "grad.x is off by"));
    }

    [Test]
    public void EveryMoveIsFollowedByItsOpposite()
    {
        (InputMove There, InputMove Back)[] pairs =
            [.. InputMove.Tries.Chunk(2).Select(pair => (pair[0], pair[1]))];
        Assert.That(InputMove.Tries.Select(move => move.Number), Is.EqualTo(Enumerable.Range(1, 2 * pairs.Length)));
        foreach ((InputMove there, InputMove back) in pairs)
        {
            float[] values = [-2, -0.1f, 0, float.Epsilon, 3], moved = [.. values];
            there.Apply(moved);
            Assert.That(moved.Where((value, index) => value != values[index]).Count(), Is.EqualTo(values.Length));
            back.Apply(moved);
            Assert.That(moved, Is.EqualTo(values));
        }
    }

    [Test]
    public void AFilterChoosesByName()
    {
        CaseResult[] results = [.. new Verifier(TestDevices.Usual).Run(GoldenFiles.Path("ops"), filter: "CONV 1")];
        string[] expected = ["conv 1", "conv 10", "conv 11", "conv 12"];
        Assert.That(results.Select(result => result.Case), Is.EqualTo(expected));
    }

    [Test]
    public void AFolderThatIsNotThereIsRefused()
    {
        Assert.That(
            () => Verifier.FindFiles(_folder.File("nothing")),
            Throws.TypeOf<DirectoryNotFoundException>().With.Message.EndsWith("nothing: no such folder or file"));
        Assert.That(
            () => Verifier.FindFiles(_folder.Path),
            Throws.TypeOf<FileNotFoundException>().With.Message.EndsWith("contains no .safetensors file"));
    }

    private CaseResult[] Run() => [.. new Verifier(TestDevices.Usual).Run(_folder.Path)];
}
