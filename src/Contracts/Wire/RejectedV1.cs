namespace ContestPipeline.Contracts;

/// <summary>
/// A message of an input topic that could not be accepted: why, which field, what was expected, what came, and its original
/// bytes.
/// </summary>
/// <remarks>
/// Key: that of the original record. Producer: whoever consumes the input topic. It goes to <c>&lt;topic&gt;.rejected</c>.
/// </remarks>
/// <param name="Key">Like the headers' names and texts, the field and what came: cut to 1,000 characters, the last an ellipsis
/// where something is missing.</param>
/// <param name="OriginalBytes">The first million of them.</param>
/// <param name="OriginalLength">In bytes, where there were more; null when they are whole.</param>
/// <param name="OriginalSha256">Of all of them, in lower-case hexadecimal; null when they are whole.</param>
/// <param name="HeadersLeftOut">How many are missing where there were more than 50; null when they are all here.</param>
[Wire("message.rejected.v1", "")]
public sealed record RejectedV1(
    string Topic, int Partition, long Offset, string Key, string Reason, string? Field, string? Expected, string? Got,
    IReadOnlyDictionary<string, string> Headers, byte[] OriginalBytes, DateTimeOffset At,
    int? OriginalLength = null, string? OriginalSha256 = null, int? HeadersLeftOut = null) : IMessage
{
    public string IdempotencyKey => $"rejected/{Topic}/{Partition}/{Offset}";
    public string PartitionKey => Key;
}
