using U2CMigration.Criu.Interop;
using U2CMigration.Criu.Options;
using U2CMigration.Criu.Protobuf.Rpc;
using U2CMigration.Criu.Versions;

namespace U2CMigration.Criu.Rpc;

public sealed partial class CriuWorker
{
    /// <summary>Asks for the version. The worker stays usable.</summary>
    /// <param name="cancellationToken">Kills the worker.</param>
    /// <returns>The version.</returns>
    /// <exception cref="CriuException">CRIU did not answer.</exception>
    public async Task<CriuVersion> VersionAsync(CancellationToken cancellationToken = default)
    {
        var request = new Request { Type = RequestType.Version, KeepOpen = true };
        Response response = await RequestAsync(request, last: false, logPath: null, handler: null, cancellationToken).ConfigureAwait(false);
        CriuFailure.ThrowIfFailed(request.Type, response, logPath: null, _process.StandardError?.Read());
        return CriuReplies.VersionOf(response);
    }

    /// <summary>Asks what CRIU can do with this kernel. The worker stays usable, and CRIU's cache of kernel features is filled (<c>/run/criu.kdat</c>).</summary>
    /// <param name="cancellationToken">Kills the worker.</param>
    /// <returns>The features.</returns>
    /// <exception cref="CriuException">CRIU could not find out.</exception>
    public async Task<CriuFeatures> FeatureCheckAsync(CancellationToken cancellationToken = default)
    {
        var request = new Request
        {
            Type = RequestType.FeatureCheck,
            KeepOpen = true,
            Features = new Features { MemTrack = true, LazyPages = true, PidfdStore = true },
        };
        Response response = await RequestAsync(request, last: false, logPath: null, handler: null, cancellationToken).ConfigureAwait(false);
        CriuFailure.ThrowIfFailed(request.Type, response, logPath: null, _process.StandardError?.Read());
        return CriuReplies.FeaturesOf(response);
    }

    /// <summary>Lets CRIU check whether the kernel has what it needs. Last request.</summary>
    /// <param name="cancellationToken">Kills the worker.</param>
    /// <exception cref="CriuException">Something is missing.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken = default)
    {
        var request = new Request { Type = RequestType.Check };
        Response response = await RequestAsync(request, last: true, logPath: null, handler: null, cancellationToken).ConfigureAwait(false);
        CriuFailure.ThrowIfFailed(request.Type, response, logPath: null, _process.StandardError?.Read());
    }

    /// <summary>Dumps a process tree. Last request.</summary>
    /// <param name="options">What and how.</param>
    /// <param name="handler">Answers the notifications; null accepts all and keeps CRIU from sending any.</param>
    /// <param name="cancellationToken">Kills the worker; the tasks run on.</param>
    /// <returns>Completes when the tasks are in their final state: killed, running or stopped as the options say.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="CriuException">The dump failed or was refused; the tasks run on. Its text has the reason from CRIU's log.</exception>
    public Task DumpAsync(CriuDumpOptions options, CriuNotificationHandler? handler = null, CancellationToken cancellationToken = default) =>
        DumpAsync(RequestType.Dump, options, handler, last: true, cancellationToken);

    /// <summary>Writes the memory of a running tree and starts tracking its changes; a further round or a dump may follow on this worker.</summary>
    /// <param name="options">What and how, per round; <see cref="CriuDumpOptions.TrackMemory"/> has to be set.</param>
    /// <param name="cancellationToken">Kills the worker; the tasks run on.</param>
    /// <returns>Completes when the memory is written.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="CriuException">The round failed; the tasks run on. Kernels without soft-dirty always fail: ask <see cref="FeatureCheckAsync"/> before.</exception>
    public Task PreDumpAsync(CriuDumpOptions options, CancellationToken cancellationToken = default) =>
        DumpAsync(RequestType.PreDump, options, handler: null, last: false, cancellationToken);

    /// <summary>Starts CRIU's own page server, which stores the pages of one round or dump that is sent to it. The worker stays usable.</summary>
    /// <param name="options">Where it listens and stores.</param>
    /// <param name="cancellationToken">Kills the worker.</param>
    /// <returns>The server, ready for one connection; <see cref="WaitForPageServerAsync"/> tells how it ended.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="CriuException">It could not be started.</exception>
    public async Task<CriuPageServerProcess> StartPageServerAsync(CriuPageServerOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        RawOptionsFile.Write(options);
        using var images = Descriptor.OpenDirectory(options.ImagesDirectory);
        using var work = Descriptor.OpenDirectory(options.EffectiveWorkDirectory);
        var request = new Request
        {
            Type = RequestType.PageServerChld,
            KeepOpen = true,
            Opts = OptionsEncoder.Encode(options, (int)images.DangerousGetHandle(), (int)work.DangerousGetHandle()),
        };
        Response response = await RequestAsync(request, last: false, options.LogPath, handler: null, cancellationToken).ConfigureAwait(false);
        CriuFailure.ThrowIfFailed(request.Type, response, options.LogPath, _process.StandardError?.Read());
        return CriuReplies.PageServerOf(response);
    }

    /// <summary>Waits until a page server of this worker has ended. Last request.</summary>
    /// <param name="server">The server.</param>
    /// <param name="cancellationToken">Kills the worker and the server.</param>
    /// <returns>Its exit code; 0 when everything was stored.</returns>
    /// <exception cref="CriuException">CRIU does not know such a child.</exception>
    public async Task<int> WaitForPageServerAsync(CriuPageServerProcess server, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(server);
        var request = new Request { Type = RequestType.WaitPid, Pid = (uint)server.ProcessId };
        Response response = await RequestAsync(request, last: true, logPath: null, handler: null, cancellationToken).ConfigureAwait(false);
        CriuFailure.ThrowIfFailed(request.Type, response, logPath: null, _process.StandardError?.Read());
        return response.Status;
    }

    private async Task DumpAsync(RequestType type, CriuDumpOptions options, CriuNotificationHandler? handler, bool last, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        RawOptionsFile.Write(options);
        using var images = Descriptor.OpenDirectory(options.ImagesDirectory);
        using var work = Descriptor.OpenDirectory(options.EffectiveWorkDirectory);
        var request = new Request
        {
            Type = type,
            Opts = OptionsEncoder.Encode(options, (int)images.DangerousGetHandle(), (int)work.DangerousGetHandle()),
        };
        request.Opts.NotifyScripts = handler is not null;
        Response response = await RequestAsync(request, last, options.LogPath, handler, cancellationToken).ConfigureAwait(false);
        CriuFailure.ThrowIfFailed(type, response, options.LogPath, _process.StandardError?.Read());
    }
}
