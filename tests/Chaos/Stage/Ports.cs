using System.Net;
using System.Net.Sockets;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Chaos;

/// <summary>Ports of 127.0.0.1 that a server keeps through all its lives.</summary>
internal static class Ports
{
    private const int First = 21_000;
    private const int Beyond = 31_000;

    /// <summary>So many free ones side by side, below the range from which the system takes ports for outgoing connections.</summary>
    internal static int Row(int count, SeededRandom random)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var port = random.Next(First, Beyond);
            if (Enumerable.Range(port, count).All(IsFree)) return port;
        }

        throw new InvariantException($"no {count} free ports side by side");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
