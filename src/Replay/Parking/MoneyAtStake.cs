using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;

namespace ContestPipeline.Replay.Parking;

/// <summary>What will not happen to money when a message is given up.</summary>
/// <param name="What">In words, for the person who decides.</param>
/// <param name="AmountMinor">Minor units; null: the message does not say how much.</param>
/// <param name="Currency">Of the amount; null where there is none.</param>
public sealed record Stake(string What, string? PlayerId, long? AmountMinor, string? Currency);

/// <summary>A fee that was collected and has not gone back.</summary>
/// <param name="HeldMinor">Collected less given back, in minor units.</param>
public sealed record CollectedFee(string EntryId, string PlayerId, long HeldMinor, string Currency);

/// <summary>
/// Which messages carry money, and how much of it. No clock, no database. What cannot be read on a topic that carries money is
/// taken to carry some.
/// </summary>
public static class MoneyAtStake
{
    private static readonly string[] s_money = [Topics.Results, Topics.PaymentEvents, Topics.PayoutEvents, Topics.ContestEvents,
        Topics.StripeWebhooks];

    /// <summary>The contest whose collected fees the message would give back; with the entry where it is about one.</summary>
    public static (string ContestId, string? EntryId)? GivesBack(Envelope envelope) => Message(envelope) switch
    {
        EntryRefusedV1 refused => (refused.ContestId, refused.EntryId),
        EntryWithdrawnV1 withdrawn => (withdrawn.ContestId, withdrawn.EntryId),
        ContestCancelledV1 cancelled => (cancelled.ContestId, null),
        _ => null,
    };

    /// <param name="held">The fees that <see cref="GivesBack"/> is about, as they are held.</param>
    /// <returns>Nothing: no money hangs on the message.</returns>
    public static IReadOnlyList<Stake> Of(Envelope envelope, IReadOnlyList<CollectedFee> held)
    {
        if (!s_money.Contains(envelope.Topic)) return [];
        if (envelope.Topic == Topics.StripeWebhooks) return [OfStripe(envelope)];
        return Message(envelope) switch
        {
            ContestAwardsV1 m =>
                [.. m.Players.Select(p =>
                    new Stake(
                        $"prize in contest {m.ContestId}, revision {m.Revision}, not paid", p.PlayerId, p.NetMinor, m.Currency))],
            ContestReductionsV1 m =>
                [.. m.Players.Select(p =>
                    new Stake($"too much awarded in contest {m.ContestId}, revision {m.Revision}, not taken back", p.PlayerId,
                        p.NetMinor, m.Currency))],
            ContestSettledV1 m =>
                [new Stake($"contest {m.ContestId}, revision {m.Revision}: no prize of {m.Winners} winners is paid", null,
                    m.PrizesNetMinor, m.Currency)],
            ContestFinalizedV1 m =>
                [new Stake($"contest {m.ContestId}, revision {m.Revision}: is not settled, nobody is paid", null, null, null)],
            RecallRequestedV1 m =>
                [new Stake(
                    $"contest {m.ContestId}, revision {m.Revision}: its recall ({m.Purpose}) is not asked for, nobody is paid "
                        + $"or refunded", null, null, null)],
            RecallAnsweredV1 { SettledAt: null } m =>
                [new Stake(
                    $"contest {m.ContestId}, revision {m.Revision}: is recalled ({m.Purpose}) and does not go on, nobody is "
                        + $"paid or refunded", null, null, null)],
            EntryPaymentRequiredV1 m =>
                [new Stake($"fee of entry {m.EntryId} in contest {m.ContestId} not collected, the entry does not play",
                    m.PlayerId, m.AmountMinor, m.Currency)],
            EntryPaymentChangedV1 m =>
                [new Stake($"fee of entry {m.EntryId} in contest {m.ContestId} is {m.State}, and nobody acts on it", m.PlayerId,
                    m.AmountMinor, m.Currency)],
            EntryAcceptedV1 m =>
                [new Stake(
                    $"entry {m.EntryId} in contest {m.ContestId} wins nothing, or holds the settlement", m.PlayerId, null, null)],
            EntryRefusedV1 or EntryWithdrawnV1 or ContestCancelledV1 => GivenBack(held),
            ContestPaidV1 m =>
                [new Stake($"contest {m.ContestId}, revision {m.Revision}: is not marked as paid", null, m.PaidMinor, null)],
            null => [new Stake("the message cannot be read: what hangs on it is not known", null, null, null)],
            _ => [],
        };
    }

    /// <summary>As lines of text; the last adds up by currency.</summary>
    public static IReadOnlyList<string> Words(IReadOnlyList<Stake> stakes) =>
    [
        .. stakes.Select(s =>
            $"{(s.PlayerId is null ? "" : $"player {s.PlayerId}: ")}{Amount(s.AmountMinor, s.Currency)}{s.What}"),
        .. stakes.Where(s => s is { AmountMinor: not null, Currency: not null }).GroupBy(s => s.Currency!, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => $"in total {Currencies.Written(g.Sum(s => s.AmountMinor!.Value), g.Key)} {g.Key}"),
    ];

    private static string Amount(long? minor, string? currency) =>
        minor is { } amount
            ? currency is null ? $"{amount} minor units, " : $"{Currencies.Written(amount, currency)} {currency}, " : "";

    private static Stake[] GivenBack(IReadOnlyList<CollectedFee> held) => held.Count == 0
        ? [new Stake("a fee that is paid later does not go back by itself", null, null, null)]
        : [.. held.Select(f => new Stake($"fee of entry {f.EntryId} does not go back", f.PlayerId, f.HeldMinor, f.Currency))];

    /// <summary>
    /// Payout takes an event for a hint and looks at Stripe itself, within its sweep; what the event is about waits until then.
    /// </summary>
    private static Stake OfStripe(Envelope envelope)
    {
        try
        {
            using var body = JsonDocument.Parse(envelope.Body);
            var type = Member(body.RootElement, "type");
            var thing = Member(Member(body.RootElement, "data"), "object");
            if (type is { ValueKind: JsonValueKind.String } && thing is not null)
            {
                return new Stake(
                    $"Stripe's event {type.Value.GetString()} is not looked at until the sweep finds it", null,
                    Member(thing, "amount") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out var minor)
                        ? minor : null,
                    Member(thing, "currency") is { ValueKind: JsonValueKind.String } code ? code.GetString() : null);
            }
        }
        catch (JsonException)
        {
            // As of one that lacks what every event has.
        }

        return new Stake("Stripe's event cannot be read: what hangs on it is not known", null, null, null);
    }

    private static JsonElement? Member(JsonElement? of, string name) =>
        of is { ValueKind: JsonValueKind.Object } thing && thing.TryGetProperty(name, out var value) ? value : null;

    private static IMessage? Message(Envelope envelope)
    {
        if (WireTypes.Find(envelope.WireName) is not { } type) return null;
        try
        {
            return (IMessage)WireJson.Read(envelope.Body.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
