-- Whether there is a number is no secret, the column is: roster_read, which searches on a replica, may not read it.
CREATE FUNCTION profile_phone_told(owner uuid) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
    RETURN (SELECT phone IS NOT NULL FROM user_profiles WHERE user_id = owner);
