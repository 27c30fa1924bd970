using System.Text;
using ContestPipeline.Contracts;
using ContestPipeline.Ingestion;
using ContestPipeline.Ingestion.Feed;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Proofs.Fuzz;

/// <summary>
/// Feed records through the reader, the check and the folds, as Ingestion does it, into a game that has already seen much.
/// </summary>
internal sealed class FuzzFeed : IFuzzTarget
{
    private static readonly DateTimeOffset s_now = new(2026, 11, 21, 6, 0, 0, TimeSpan.Zero);

    public static IReadOnlyList<(string Type, string Body)> Templates { get; } =
    [
        ("feed.play.v1",
            """{"gameId":"g1","eventId":"p1","sequence":7,"revision":1,"op":"upsert","official":true,"athletes":[{"athleteId":"a1","stats":{"rush_yds":12,"rush_att":1}},{"athleteId":"a2","stats":{"pass_yds":-3}}],"providerTime":"2026-11-20T18:05:30Z","clock":"Q3 07:12"}"""),
        ("feed.play.v1",
            """{"gameId":"g1","eventId":"p2","sequence":8,"revision":2,"op":"delete","official":true,"athletes":[],"providerTime":"2026-11-20T18:05:30Z"}"""),
        ("feed.box.v1",
            """{"gameId":"g1","sequence":9,"lines":[{"athleteId":"a1","stats":{"rush_yds":12}},{"athleteId":"a2","stats":{}}],"coveredStats":["rush_yds","pass_yds"],"providerTime":"2026-11-20T18:05:30Z"}"""),
        ("feed.status.v1",
            """{"gameId":"g1","sequence":10,"status":"closed","providerTime":"2026-11-20T18:05:30Z","clock":"final"}"""),
        ("feed.heartbeat.v1", """{"gameId":"g1","lastSequence":10,"providerTime":"2026-11-20T18:05:30Z"}"""),
    ];

    private static readonly IMessage[] s_before =
        [.. Templates.Select(t => (IMessage)WireJson.Read(Encoding.UTF8.GetBytes(t.Body), WireTypes.Find(t.Type)!))];

    public string Name => "feed messages";

    public string Try(SeededRandom chance, out byte[] input)
    {
        var (type, template) = chance.Pick(Templates);
        input = MutateJson.Of(template, chance);
        var record = Records.Of(Topics.FeedGames, type, "g1", "id", input, 1, chance);
        var reading = Records.Read(record, out var envelope);
        if (reading is DecodeResult.Malformed wrong)
            return Records.Rejected(envelope, wrong.Reason, wrong.Field, wrong.Expected, wrong.Got);
        var message = ((DecodeResult.Decoded)reading).Message;
        if (ValidateFeed.Check(message) is { } problem)
            return Records.Rejected(envelope, problem.Reason, problem.Field, problem.Expected, problem.Got);
        Invariant.Holds(WireJson.Bytes(message).Length > 0 && message.PartitionKey.Length > 0, "an accepted message has no key");
        return Fold(message, chance);
    }

    private static string Fold(IMessage message, SeededRandom chance)
    {
        var game = new GameFold("g1");
        foreach (var before in s_before.Where(_ => chance.Chance(60))) Apply(game, before);
        var outcome = Apply(game, message);
        if (DecideGameState.Decide(game, s_now) is not { } state) return outcome;
        var back = WireJson.Read<GameStateV1>(WireJson.Bytes(state));
        Invariant.Holds(
            back.Status == state.Status && back.Clock == state.Clock, "the state of the game is another after it was sent");
        return outcome;
    }

    private static string Apply(GameFold game, IMessage message)
    {
        switch (message)
        {
            case FeedPlayV1 play:
                TrackSequence.Apply(game, play);
                return "accepted: " + FoldPlays.Apply(game, play);
            case FeedBoxV1 box: TrackSequence.Apply(game, box); break;
            case FeedStatusV1 status: TrackSequence.Apply(game, status); break;
            case FeedHeartbeatV1 beat: TrackSequence.Apply(game, beat); break;
            case FeedSnapshotCompleteV1 complete: TrackSequence.Apply(game, complete); break;
        }

        return "accepted";
    }
}
