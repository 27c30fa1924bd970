using ContestPipeline.Contracts;
using ContestPipeline.Unit.Tidy;

namespace ContestPipeline.Unit.Contracts;

/// <summary>What decides a message's partition, and with it what stays in order.</summary>
public sealed class MessageKeyTests
{
    public static TheoryData<string> WireNames => [.. ContractDocuments.Types.Select(t => WireTypes.Of(t).Name)];

    [Theory]
    [MemberData(nameof(WireNames))]
    public void The_key_of_a_message_is_what_it_is_about_and_never_its_type(string wireName)
    {
        var type = WireTypes.Find(wireName)!;
        var message = (IMessage)WireSamples.Of(type);

        Assert.False(string.IsNullOrWhiteSpace(message.PartitionKey));
        Assert.DoesNotContain(message.PartitionKey, (string[])[wireName, type.Name, type.FullName!, WireTypes.Of(type).Topic]);
        Assert.True(
            System.Text.Encoding.UTF8.GetString(WireJson.Bytes(message)).Contains(message.PartitionKey, StringComparison.Ordinal),
            $"the key {message.PartitionKey} is nothing the message itself holds");
    }
}
