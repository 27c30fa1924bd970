using System.Security.Cryptography;
using System.Text;

namespace ContestPipeline.Contracts;

/// <summary>
/// What the file store says of a file that it holds: an HMAC-SHA256 over challenge, player and file, in lower-case hex. Whoever
/// has the key can tell that the file is there without asking the store.
/// </summary>
public static class ProofReceipt
{
    /// <summary>The key that signs; not set: proofs name files that nobody checks.</summary>
    public const string KeySetting = "PROOF_FILES_KEY";

    /// <summary>Keys that only check.</summary>
    public const string OtherKeysSetting = "PROOF_FILES_OTHER_KEYS";

    /// <param name="playerId">Who put it there, and may hand it in.</param>
    public static string Of(byte[] key, string contestId, string playerId, ProofFileV1 file) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(FormattableString.Invariant(
            $"proof-file/{KeyPart.Of(contestId)}/{KeyPart.Of(playerId)}/{file.Sha256}/{file.MediaType}/{file.Bytes}"))));

    /// <returns>False also where there is none.</returns>
    public static bool IsGood(
        IReadOnlyList<byte[]> keys, string? receipt, string contestId, string playerId, ProofFileV1 file) =>
        receipt is not null && keys.Any(key => CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(receipt), Encoding.UTF8.GetBytes(Of(key, contestId, playerId, file))));
}
