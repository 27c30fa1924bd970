using ContestPipeline.Contracts;

namespace ContestPipeline.Contestctl.Messages;

/// <summary>Waits for what the pipeline answers to a command about a contest.</summary>
internal static class ContestAnswer
{
    private static readonly TimeSpan s_poll = TimeSpan.FromMilliseconds(300);

    /// <param name="tails">Topics on which the answer may stand; each record is read once, however long this waits.</param>
    /// <param name="answer">Finds the answer in all that was said of the contest, topic by topic in order; null: not yet.</param>
    /// <returns>Null: none came in time.</returns>
    public static async Task<IMessage?> Await(Session session, IReadOnlyList<ContestTail> tails, TimeSpan patience,
        Func<IReadOnlyList<IMessage>, IMessage?> answer, CancellationToken ct)
    {
        var start = session.Clock.GetTimestamp();
        var said = tails.Select(_ => new List<IMessage>()).ToArray();
        while (true)
        {
            for (var i = 0; i < said.Length; i++) said[i].AddRange(tails[i].Read(null, ct));
            var found = answer([.. said.SelectMany(messages => messages)]);
            if (found is not null || session.Clock.GetElapsedTime(start) > patience) return found;
            await Task.Delay(s_poll, session.Clock, ct);
        }
    }
}
