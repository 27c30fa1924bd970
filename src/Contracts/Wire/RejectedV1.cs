namespace ContestPipeline.Contracts;

/// <summary>A message of an input topic that could not be accepted: why, which field, what was expected, what came, and its original bytes.</summary>
/// <remarks>Key: that of the original record. Producer: whoever consumes the input topic. It goes to <c>&lt;topic&gt;.rejected</c>.</remarks>
[Wire("message.rejected.v1", "")]
public sealed record RejectedV1(
    string Topic, int Partition, long Offset, string Key, string Reason, string? Field, string? Expected, string? Got,
    IReadOnlyDictionary<string, string> Headers, byte[] OriginalBytes, DateTimeOffset At) : IMessage
{
    public string IdempotencyKey => $"rejected/{Topic}/{Partition}/{Offset}";
    public string PartitionKey => Key;
}
