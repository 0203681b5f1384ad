using System.IO.Pipelines;
using U2CMigration.Transport.Messages;

namespace U2CMigration.Transport.Connections;

public sealed partial class MigrationConnection
{
    /// <summary>Sends a last message, such as <see cref="Abort"/> or <see cref="Refuse"/>, and waits until the peer has closed the connection.</summary>
    /// <param name="last">The message.</param>
    /// <param name="limit">The longest time to wait; the call then ends without an error.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="InvalidOperationException">A receive is pending; cancel it first.</exception>
    /// <exception cref="TransportException">The message could not be sent.</exception>
    /// <remarks>
    /// What the peer still sends is thrown away. It must be read: closing a TCP connection with unread bytes resets it, and a reset destroys what the peer
    /// has received and not read yet, the last message among it. Afterwards the connection is only good for disposing.
    /// </remarks>
    public async Task EndAsync(MigrationMessage last, TimeSpan limit, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(last);
        if (Interlocked.Exchange(ref _isReceiving, 1) != 0)
        {
            throw new InvalidOperationException("A receive is pending on this connection; cancel it before the last message is sent.");
        }

        using var timeout = new CancellationTokenSource(limit, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            // Read from the start: the peer may be in the middle of a long batch.
            Task draining = DrainAsync(either.Token);
            try
            {
                await SendAsync(last, either.Token).ConfigureAwait(false);
            }
            catch
            {
                await either.CancelAsync().ConfigureAwait(false);
                await draining.ConfigureAwait(false);
                throw;
            }

            await draining.ConfigureAwait(false);
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TransportException($"{Peer} did not take {last.Type} within {limit.TotalSeconds} s.", Peer, _bytesSent, isTransient: true, e);
        }
        finally
        {
            Volatile.Write(ref _isReceiving, 0);
        }
    }

    private async Task DrainAsync(CancellationToken cancellationToken)
    {
        try
        {
            ReadResult result;
            do
            {
                result = await _input.ReadAsync(cancellationToken).ConfigureAwait(false);
                _input.AdvanceTo(result.Buffer.End);
            }
            while (!result.IsCompleted);
        }
        catch (Exception e) when (e is OperationCanceledException || IsStreamFailure(e))
        {
        }
    }
}
