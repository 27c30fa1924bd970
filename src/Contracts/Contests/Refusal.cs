namespace ContestPipeline.Contracts;

/// <summary>Why something was refused: a machine-readable code, words for people, and the field at fault.</summary>
public sealed record Refusal(string ReasonCode, string Message, string? Field = null);

/// <summary>Every reason code that answers a command.</summary>
public static class Reasons
{
    public const string CommandIdReused = "command-id-reused";
    public const string InvalidId = "invalid-id";
    public const string InvalidText = "invalid-text";
    public const string ContestExists = "contest-exists";
    public const string ContestUnknown = "contest-unknown";
    public const string ContestLocked = "contest-locked";
    public const string ContestOver = "contest-over";
    public const string ContestFinal = "contest-final";
    public const string NothingUnsettled = "nothing-unsettled";
    public const string ContestFull = "contest-full";
    public const string DefinitionInvalid = "definition-invalid";
    public const string CurrencyUnsupported = "currency-unsupported";
    public const string RuleSetUnknown = "rule-set-unknown";
    public const string RuleSetInvalid = "rule-set-invalid";
    public const string RuleSetExists = "rule-set-exists";
    public const string RuleSetOfAnotherSport = "rule-set-of-another-sport";
    public const string PrizesInvalid = "prizes-invalid";
    public const string OverlayTooLarge = "overlay-too-large";
    public const string EnvironmentDiffers = "environment-differs";
    public const string EntryExists = "entry-exists";
    public const string EntryUnknown = "entry-unknown";
    public const string EntryNotYours = "entry-not-yours";
    public const string EntryWithdrawn = "entry-withdrawn";
    public const string EntryUnpaid = "entry-unpaid";
    public const string PaymentFailed = "payment-failed";
    public const string PlayerLimit = "player-limit";
    public const string LineupEmpty = "lineup-empty";
    public const string LineupSize = "lineup-size";
    public const string AthleteUnknown = "athlete-unknown";
    public const string AthleteTwice = "athlete-twice";
    public const string AthleteStarted = "athlete-started";
    public const string Position = "position";
    public const string SalaryCap = "salary-cap";
    public const string MinTeams = "min-teams";
    public const string MinGames = "min-games";
    public const string MaxPerTeam = "max-per-team";
    public const string SlotUnknown = "slot-unknown";
    public const string LateSwapOff = "late-swap-off";
    public const string NotAChallenge = "not-a-challenge";
    public const string NotTheCreator = "not-the-creator";
    public const string ChallengeBegun = "challenge-begun";
    public const string ChallengeNotLive = "challenge-not-live";
    public const string NotAParticipant = "not-a-participant";
    public const string OwnProof = "own-proof";
    public const string ProofUnknown = "proof-unknown";
    public const string ProofInvalid = "proof-invalid";
    public const string ProofLate = "proof-late";
    public const string ProofStands = "proof-stands";
    public const string ProofChanged = "proof-changed";
    public const string ProofDecided = "proof-decided";
    public const string VoteExists = "vote-exists";
    public const string VoteLate = "vote-late";
    public const string RefereeTakesPart = "referee-takes-part";
}
