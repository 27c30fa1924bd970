using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ContestPipeline.Integration.Infrastructure;

/// <summary>
/// A pooler as PgBouncer is with <c>pool_mode=transaction</c>, with one session of the server for all its clients: whoever is not
/// within a transaction shares it. Signs in without a password.
/// </summary>
internal sealed class TransactionPooler : IAsyncDisposable
{
    private const int SslRequest = 80877103;
    private const int GssRequest = 80877104;
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly TcpClient server = new();
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource stopping = new();
    private readonly List<Task> clients = [];
    private readonly Task accepting;
    private byte[]? welcome;

    internal TransactionPooler(string host, int port)
    {
        server.Connect(host, port);
        listener.Start();
        accepting = Accept();
    }

    internal int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Stop();
        server.Dispose();
        await Task.WhenAll([accepting, .. clients]).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        turn.Dispose();
        stopping.Dispose();
    }

    private async Task Accept()
    {
        while (true) clients.Add(Serve(await listener.AcceptTcpClientAsync(stopping.Token)));
    }

    private async Task Serve(TcpClient client)
    {
        using var closing = client;
        var (near, far) = (client.GetStream(), server.GetStream());
        await Welcome(near, far);
        var isHeld = false;
        while (await Asked(near) is { } question)
        {
            if (!isHeld) await turn.WaitAsync(stopping.Token);
            isHeld = await Answer(question, far, near) != 'I';
            if (!isHeld) turn.Release();
        }

        if (!isHeld) return;
        await Answer([(byte)'Q', .. Length(4 + 9), .. Encoding.ASCII.GetBytes("rollback\0")], far, Stream.Null);
        turn.Release();
    }

    /// <summary>The first client opens the session at the server; what the server said to it is said to all.</summary>
    private async Task Welcome(NetworkStream near, NetworkStream far)
    {
        var startup = await Startup(near);
        while (BinaryPrimitives.ReadInt32BigEndian(startup.AsSpan(4)) is SslRequest or GssRequest)
        {
            await near.WriteAsync("N"u8.ToArray(), stopping.Token);
            startup = await Startup(near);
        }

        await turn.WaitAsync(stopping.Token);
        if (welcome is null)
        {
            var said = new MemoryStream();
            await Answer(startup, far, said);
            welcome = said.ToArray();
        }

        turn.Release();
        await near.WriteAsync(welcome, stopping.Token);
    }

    private async Task<byte[]> Startup(NetworkStream near)
    {
        var length = new byte[4];
        await near.ReadExactlyAsync(length, stopping.Token);
        var rest = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4];
        await near.ReadExactlyAsync(rest, stopping.Token);
        return [.. length, .. rest];
    }

    /// <returns>Everything up to where an answer is waited for; null when the client goes.</returns>
    private async Task<byte[]?> Asked(NetworkStream near)
    {
        var question = new MemoryStream();
        while (true)
        {
            var (type, message) = await Message(near);
            if (type == 'X') return null;
            question.Write(message);
            if (type is 'Q' or 'S') return question.ToArray();
        }
    }

    /// <returns>How the server's session stands afterwards: idle (I), or within a transaction.</returns>
    private async Task<char> Answer(byte[] question, NetworkStream far, Stream near)
    {
        await far.WriteAsync(question, stopping.Token);
        while (true)
        {
            var (type, message) = await Message(far);
            await near.WriteAsync(message, stopping.Token);
            if (type == 'Z') return (char)message[5];
        }
    }

    private async Task<(char Type, byte[] Message)> Message(NetworkStream from)
    {
        var head = new byte[5];
        await from.ReadExactlyAsync(head, stopping.Token);
        var rest = new byte[BinaryPrimitives.ReadInt32BigEndian(head.AsSpan(1)) - 4];
        await from.ReadExactlyAsync(rest, stopping.Token);
        return ((char)head[0], [.. head, .. rest]);
    }

    private static byte[] Length(int length)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, length);
        return bytes;
    }
}
