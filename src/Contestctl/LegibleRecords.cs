using System.Text.Json;
using ContestPipeline.Contracts;
using ContestPipeline.Plumbing;
using Spectre.Console;

namespace ContestPipeline.Contestctl;

/// <summary>
/// Messages off the topics. Input topics have records that are no message: the workers park them, somebody discards them, and
/// they stay until retention removes them. Whoever reads afterwards passes them over, too, and says so.
/// </summary>
internal sealed class LegibleRecords(TopicReader reader)
{
    private readonly HashSet<(string Topic, int Partition, long Offset)> named = [];

    /// <summary>
    /// The messages of a topic that are wanted, in order; those of types that are none of ours are left out without a word.
    /// </summary>
    public IEnumerable<Received<IMessage>> On(string topic, Func<Envelope, bool> wanted, CancellationToken ct)
    {
        foreach (var envelope in reader.Read(topic, ct).Where(wanted))
        {
            if (Message(envelope, Name) is { } message) yield return new Received<IMessage>(message, envelope);
        }
    }

    /// <param name="leftOut">Told in words of a record that should be a message and cannot be read.</param>
    /// <returns>Null for that, and for what is of no type of ours.</returns>
    internal static IMessage? Message(Envelope envelope, Action<Envelope, string> leftOut)
    {
        if (WireTypes.Find(envelope.WireName) is not { } type) return null;
        try
        {
            return (IMessage)WireJson.Read(envelope.Body.Span, type);
        }
        catch (JsonException)
        {
            leftOut(envelope, $"record {envelope.Topic}/{envelope.Partition}/{envelope.Offset} cannot be read and is left out");
            return null;
        }
    }

    /// <summary>Once for each record, however often its topic is read.</summary>
    private void Name(Envelope envelope, string words)
    {
        if (named.Add((envelope.Topic, envelope.Partition, envelope.Offset))) Output.Progress().WriteLine(words);
    }
}
