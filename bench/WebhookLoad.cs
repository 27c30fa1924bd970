using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Bench;

/// <summary>
/// Sends signed deliveries at a fixed rate whether earlier ones are answered or not, from one thread with requests made
/// beforehand, so that what it measures is the endpoint and not itself. A delivery that finds no free connection waits, and that
/// counts: the time runs from when it was due.
/// </summary>
internal sealed class WebhookLoad : IDisposable
{
    private const int Connections = 256;
    private const int SelectMicroseconds = 1_000;
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly List<Connection> all = [];
    private readonly byte[][] requests;
    private readonly byte[] buffer = new byte[4096];

    internal WebhookLoad(Uri address, IReadOnlyList<byte[]> bodies, string secret)
    {
        requests = [.. bodies.Select(body => Request(address, body, secret))];
        for (var n = 0; n < Connections; n++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            socket.Connect(new IPEndPoint(IPAddress.Loopback, address.Port));
            all.Add(new Connection(socket));
        }
    }

    /// <returns>Milliseconds of each delivery from when it was due, and how long all took.</returns>
    internal Task<(double[] LatenciesMs, double Seconds)> Run(int count, int perSecond) =>
        Task.Factory.StartNew(
            () => Send(count, perSecond), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    public void Dispose()
    {
        foreach (var connection in all) connection.Socket.Dispose();
    }

    private (double[], double) Send(int count, int perSecond)
    {
        var latenciesMs = new double[count];
        var free = new Stack<Connection>(all);
        var busy = new Dictionary<Socket, Connection>(Connections);
        var readable = new List<Socket>(Connections);
        var (sent, answered) = (0, 0);
        var limit = TimeSpan.FromSeconds((double)count / perSecond) + s_patience;
        var clock = Stopwatch.StartNew();
        while (answered < count)
        {
            if (clock.Elapsed > limit)
                throw new InvariantException($"webhook: {count - answered} of {count} deliveries were not answered");
            for (; sent < count && sent <= clock.Elapsed.TotalSeconds * perSecond && free.TryPop(out var connection); sent++)
            {
                connection.Begin(sent, requests[sent % requests.Length]);
                busy.Add(connection.Socket, connection);
            }

            if (busy.Count == 0)
            {
                all[0].Socket.Poll(SelectMicroseconds, SelectMode.SelectRead); // nothing comes on a free one: a wait
                continue;
            }

            readable.Clear();
            readable.AddRange(busy.Keys);
            Socket.Select(readable, null, null, SelectMicroseconds);
            foreach (var socket in readable)
            {
                var connection = busy[socket];
                if (!connection.IsAnswered(buffer)) continue;
                latenciesMs[connection.Delivery] = clock.Elapsed.TotalMilliseconds - connection.Delivery * 1000.0 / perSecond;
                answered++;
                busy.Remove(socket);
                free.Push(connection);
            }
        }

        return (latenciesMs, clock.Elapsed.TotalSeconds);
    }

    private static byte[] Request(Uri address, byte[] body, string secret)
    {
        var head = string.Create(CultureInfo.InvariantCulture,
            $"POST {StripeEndpoints.PlatformPath} HTTP/1.1\r\nHost: {address.Authority}\r\nContent-Type: application/json; "
                + $"charset=utf-8\r\n"
            + $"Stripe-Signature: {StripeSignature.Header(body, TimeProvider.System.GetUtcNow(), secret)}\r\nContent-Length: "
            + $"{body.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    /// <summary>One connection that is kept, with at most one delivery on it.</summary>
    private sealed class Connection(Socket socket)
    {
        private readonly StringBuilder answer = new();

        internal Socket Socket { get; } = socket;

        internal int Delivery { get; private set; }

        internal void Begin(int delivery, byte[] request)
        {
            Delivery = delivery;
            answer.Clear();
            Socket.Send(request);
        }

        /// <returns>False while more of the answer has to come.</returns>
        internal bool IsAnswered(byte[] buffer)
        {
            var bytes = Socket.Receive(buffer);
            Invariant.Holds(bytes > 0, "webhook: the endpoint closed a connection");
            answer.Append(Encoding.ASCII.GetString(buffer, 0, bytes));
            var text = answer.ToString();
            var headEnd = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (headEnd < 0) return false;
            Invariant.Holds(text.StartsWith("HTTP/1.1 200", StringComparison.Ordinal), $"webhook: {text}");
            return text.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal)
                || Length(text) is { } length && text.Length >= headEnd + 4 + length;
        }

        private static int? Length(string head)
        {
            const string name = "Content-Length: ";
            var at = head.IndexOf(name, StringComparison.OrdinalIgnoreCase);
            if (at < 0) return null;
            at += name.Length;
            return int.Parse(head.AsSpan(at, head.IndexOf('\r', at) - at), CultureInfo.InvariantCulture);
        }
    }
}
