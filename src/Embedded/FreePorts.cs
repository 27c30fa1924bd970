using System.Net;
using System.Net.Sockets;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Embedded;

/// <summary>
/// Finds ports for servers that are about to start, outside the range from which outgoing connections take theirs: a port found
/// free there may be gone when the server asks for it.
/// </summary>
public static class FreePorts
{
    private const int First = 12_000;
    private const int Count = 20_000;
    private static int next = Environment.ProcessId * 97 % Count;

    public static int One() => InARow(1);

    /// <returns>The first of so many neighbours, none of which was found before by this process.</returns>
    /// <exception cref="InvariantException">There are none.</exception>
    public static int InARow(int ports)
    {
        for (var tried = 0; tried < Count; tried += ports)
        {
            var first = First + (int)((uint)(Interlocked.Add(ref next, ports) - ports) % (Count - ports));
            if (Enumerable.Range(first, ports).All(IsFree)) return first;
        }

        throw new InvariantException($"no {ports} free ports side by side from {First} to {First + Count}");
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
