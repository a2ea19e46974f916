using FeedbackBot.Core.Requests;

namespace FeedbackBot.Core.Assessment;

/// <summary>
/// What the fitted weights make of a text. A message is judged as one; a longer text in passages of whole sentences, since
/// each criterion may be met anywhere in it and the weights were fitted on messages.
/// </summary>
internal sealed class Judgement
{
    // In characters: what a person still posts as one message.
    private const int LongestPassage = 600;
    private const int MostReasons = 3;
    private const int LongestReason = 6;

    // An estimate, to reserve space once.
    private const int FeaturesOfAWord = 12;

    // A word that adds less than this share of the best one's is no reason, nor is it worth quoting along.
    private const float ReasonShare = 0.4f;
    private const float NeighbourShare = 0.25f;
    private const float FunctionWordShare = 0.25f;

    private readonly Vocabulary _vocabulary;
    private readonly string _text;
    private readonly Token[] _tokens;
    private readonly List<Passage> _passages = [];

    public Judgement(Vocabulary vocabulary, FittedWeights weights, string text, Token[] tokens, TextFeatures features)
    {
        _vocabulary = vocabulary;
        _text = text;
        _tokens = tokens;
        var first = 0;
        for (var i = 1; i <= tokens.Length; i++)
        {
            if (i == tokens.Length || (tokens[i].Sentence != tokens[i - 1].Sentence && EndOfSentence(i) - tokens[first].Start > LongestPassage))
            {
                _passages.Add(new Passage(weights, features, tokens, first, i - 1));
                first = i;
            }
        }
    }

    /// <summary>Log-odds that the criterion is met somewhere in the text.</summary>
    public float ScoreOf(Judged judged) => _passages.Count == 0 ? float.NegativeInfinity : BestFor(judged).Scores[(int)judged];

    /// <summary>
    /// The most probable level, and within it the most probable way to be of that level. Deciding criterion by criterion
    /// instead adds up four independent mistakes.
    /// </summary>
    public (bool Issue, bool Constraint, bool Evidence, bool Alternative) Decide()
    {
        var issue = ProbabilityOf(Judged.Issue);
        var constraint = ProbabilityOf(Judged.Constraint);
        var alternative = ProbabilityOf(Judged.Alternative);

        // Evidence is evidence for a constraint, so its labels are a part of the constraint's.
        var evidence = Math.Min(1, ProbabilityOf(Judged.Evidence) / Math.Max(constraint, float.Epsilon));
        var levels = new Dictionary<FeedbackLevel, float>();
        var best = new Dictionary<FeedbackLevel, (float Probability, (bool, bool, bool, bool) Way)>();
        for (var way = 0; way < 16; way++)
        {
            var (s, c, e, a) = ((way & 1) != 0, (way & 2) != 0, (way & 4) != 0, (way & 8) != 0);
            if (e && !c)
            {
                continue;
            }

            var probability = Of(issue, s) * Of(constraint, c) * (c ? Of(evidence, e) : 1) * Of(alternative, a);
            var level = FeedbackAssessment.LevelOf(s, c, e, a);
            levels[level] = levels.GetValueOrDefault(level) + probability;
            if (!best.TryGetValue(level, out var known) || probability > known.Probability)
            {
                best[level] = (probability, (s, c, e, a));
            }
        }

        return best[levels.MaxBy(level => level.Value).Key].Way;

        static float Of(float probability, bool isMet) => isMet ? probability : 1 - probability;
    }

    /// <summary>The words that spoke most for a criterion, in the order of their weight.</summary>
    public IEnumerable<AssessmentReason> Explain(Judged judged, Criterion criterion, Constraint? constraint = null)
    {
        if (_passages.Count == 0)
        {
            yield break;
        }

        var passage = BestFor(judged);
        var shares = passage.SharesOf(judged);
        for (var i = 0; i < shares.Length; i++)
        {
            // "The" and "for" may tip the scales; as a reason they say nothing.
            shares[i] *= _vocabulary.Has(WordClass.English, _tokens[passage.First + i].Word) && shares[i] > 0 ? FunctionWordShare : 1;
        }

        var strongest = shares.Max();
        for (var reasons = 0; reasons < MostReasons; reasons++)
        {
            var at = Array.IndexOf(shares, shares.Max());
            if (shares[at] <= 0 || shares[at] < strongest * ReasonShare)
            {
                yield break;
            }

            var (first, last) = Widen(shares, at, passage.First);
            var start = StartOfWord(passage.First + first);
            var length = EndOfWord(passage.First + last) - start;
            Array.Fill(shares, float.NegativeInfinity, first, last - first + 1);
            yield return new AssessmentReason(criterion, _text.Substring(start, length), start, length, constraint);
        }
    }

    /// <summary>A contraction is two tokens and one word: "n't" alone is no quotation.</summary>
    private int StartOfWord(int token)
    {
        while (token > 0 && _tokens[token - 1].End == _tokens[token].Start)
        {
            token--;
        }

        return _tokens[token].Start;
    }

    private int EndOfWord(int token)
    {
        while (token + 1 < _tokens.Length && _tokens[token].End == _tokens[token + 1].Start)
        {
            token++;
        }

        return _tokens[token].End;
    }

    /// <summary>Where the sentence ends that begins at a token.</summary>
    private int EndOfSentence(int token)
    {
        var last = token;
        while (last + 1 < _tokens.Length && _tokens[last + 1].Sentence == _tokens[token].Sentence)
        {
            last++;
        }

        return _tokens[last].End;
    }

    private Passage BestFor(Judged judged) => _passages.MaxBy(passage => passage.Scores[(int)judged])!;

    private float ProbabilityOf(Judged judged) => 1 / (1 + MathF.Exp(-ScoreOf(judged)));

    /// <summary>Takes the neighbours of a word along that speak for the same, within its sentence.</summary>
    private (int First, int Last) Widen(float[] shares, int at, int offset)
    {
        var (first, last) = (at, at);
        var enough = shares[at] * NeighbourShare;
        while (last - first + 1 < LongestReason)
        {
            if (Speaks(last + 1))
            {
                last++;
            }
            else if (Speaks(first - 1))
            {
                first--;
            }
            else
            {
                break;
            }
        }

        return (first, last);

        bool Speaks(int other)
            => other >= 0 && other < shares.Length && shares[other] > 0 && shares[other] >= enough
                && _tokens[offset + other].Sentence == _tokens[offset + at].Sentence;
    }

    /// <summary>Some neighbouring sentences, judged as one message.</summary>
    private sealed class Passage
    {
        private readonly FittedWeights _weights;
        private readonly List<(int Id, FeatureKind Kind, int First, int Last)> _found;
        private readonly int[] _counts = new int[Enum.GetValues<FeatureKind>().Length];

        public Passage(FittedWeights weights, TextFeatures features, Token[] tokens, int first, int last)
        {
            (_weights, First, Last) = (weights, first, last);
            _found = new((last - first + 1) * FeaturesOfAWord);
            features.Visit(tokens[first].Sentence, tokens[last].Sentence - tokens[first].Sentence + 1, feature =>
            {
                var id = weights.Find(feature);
                if (id >= 0)
                {
                    _found.Add((id, feature.Kind, feature.First, feature.Last));
                }
            });
            Scores = weights.NewScores();
            var seen = new ulong[(weights.Count / 64) + 1];
            var distinct = new List<(int Id, FeatureKind Kind)>(_found.Count);
            foreach (var (id, kind, _, _) in _found)
            {
                if ((seen[id / 64] & (1UL << (id % 64))) == 0)
                {
                    seen[id / 64] |= 1UL << (id % 64);
                    distinct.Add((id, kind));
                    _counts[(int)kind]++;
                }
            }

            foreach (var (id, kind) in distinct)
            {
                var value = ValueOf(kind);
                var weight = weights.Of(id);
                for (var i = 0; i < weight.Length; i++)
                {
                    Scores[i] += value * weight[i];
                }
            }
        }

        public int First { get; }

        public int Last { get; }

        /// <summary>Log-odds for each <see cref="Judged"/>.</summary>
        public float[] Scores { get; }

        /// <summary>What each token adds to the score; a feature of several tokens is shared among them.</summary>
        public float[] SharesOf(Judged judged)
        {
            var shares = new float[Last - First + 1];
            foreach (var (id, kind, first, last) in _found)
            {
                var share = _weights.Of(id)[(int)judged] * ValueOf(kind) / (last - first + 1);
                for (var token = first; token <= last; token++)
                {
                    shares[token - First] += share;
                }
            }

            return shares;
        }

        private float ValueOf(FeatureKind kind) => FittedWeights.ValueOf(kind, _counts[(int)kind]);
    }
}
