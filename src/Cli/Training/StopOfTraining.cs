using System.Diagnostics;
using System.Runtime.InteropServices;

namespace GenKernels.Cli.Training;

/// <summary>
/// What Ctrl-C and a request to terminate do to a training: the step goes on to its end, however long it takes, so that
/// the training can end with a checkpoint; a second Ctrl-C kills the process.
/// </summary>
internal sealed class StopOfTraining : IDisposable
{
    private readonly CancellationTokenRegistration _message;
    private readonly PosixSignalRegistration _interrupt;
    private int _interrupts;

    /// <param name="tell">Receives a line when the stop is requested.</param>
    /// <param name="stop">The request.</param>
    internal StopOfTraining(Action<string> tell, CancellationToken stop)
    {
        _message = stop.Register(
            () => tell("gk: stopping after this step, with a checkpoint; a second Ctrl-C kills the program, without"));

        // The last handler that is registered runs first: this one, before the parser's, which waits for the command.
        // An orderly exit would unload libraries whose kernels are still running.
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, _ =>
        {
            if (Interlocked.Increment(ref _interrupts) > 1) Process.GetCurrentProcess().Kill();
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _interrupt.Dispose();
        _message.Dispose();
    }
}
