using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Proofs.Fuzz;

/// <summary>
/// Feed files as <c>contestctl feed validate</c> and <c>feed play</c> read them: a spoilt line is named, the good line after it
/// is still read.
/// </summary>
internal sealed class FuzzFeedFiles : IFuzzTarget
{
    private const string Good =
        """{"type":"feed.play.v1","id":"feed/g9/4","time":"2026-11-20T18:05:30Z","atMs":5,"data":{"gameId":"g9","eventId":"p","sequence":4,"revision":1,"op":"delete","official":true,"athletes":[],"providerTime":"2026-11-20T18:05:30Z"}}""";

    public string Name => "feed files";

    public string Try(SeededRandom chance, out byte[] input)
    {
        var (type, body) = chance.Pick(FuzzFeed.Templates);
        var line = $$"""{"type":"{{type}}","id":"feed/g1/7","time":"2026-11-20T18:05:30Z","atMs":17,"data":{{body}}}""";
        input = [.. MutateJson.Of(line, chance), .. "\n"u8, .. Encoding.UTF8.GetBytes(Good)];
        using var file = new MemoryStream(input);
        var read = FeedFile.Read(file, CancellationToken.None).GetAwaiter().GetResult();
        foreach (var problem in read.Problems)
            Invariant.Holds(problem.Line > 0 && problem.Problem.Reason.Length > 0 && problem.ToString().Length > 0,
                "a problem has no reason");
        Invariant.Holds(read.Records[^1].Message is FeedPlayV1 { GameId: "g9" }, "the good line after it was not read");
        return read.Problems.Count == 0 ? "accepted" : "rejected: " + read.Problems[0].Problem.Reason;
    }
}
